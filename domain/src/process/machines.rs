//! Every process manager as a table, written to `docs/state-machines.md`.
//!
//! The tables are made by asking the process managers themselves: each state is reached by its history, and each
//! event is tried in it. So the page cannot say what the code does not do. `UPDATE_CONTRACTS=1` writes it anew;
//! a change of it is to be read in review as a change of the machine.

use std::{fmt::Write as _, fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Action, ProcessManager, TimerName, fulfilment, recurring, settlement};
use crate::{Command, Event, order::OrderCommand, payment, subscription, testing::value::noon};

/// What can happen to a process.
#[derive(Clone)]
pub(crate) enum Input {
    Event(String, Box<Event>),
    Timer(TimerName, DateTime<Utc>),
}

impl From<(String, Event)> for Input {
    fn from((id, event): (String, Event)) -> Self {
        Self::Event(id, Box::new(event))
    }
}

/// The states and the events of a process manager that are worth telling apart.
pub(crate) struct Machine {
    /// Each state, and what happened before.
    pub(crate) states: Vec<(&'static str, Vec<Input>)>,
    /// Each event, in words.
    pub(crate) inputs: Vec<(&'static str, Input)>,
}

fn apply<P: ProcessManager>(state: &mut P, input: &Input) -> Vec<Action> {
    match input {
        Input::Event(id, event) => state.react(id, event, noon()),
        Input::Timer(name, due_at) => state.timer("", *name, *due_at),
    }
}

fn table<P: ProcessManager + PartialEq>(page: &mut String, machine: &Machine) {
    for (name, history) in &machine.states {
        let mut state = P::default();
        for input in history {
            apply(&mut state, input);
        }
        let (status, step) = (state.status(), state.step());
        writeln!(page, "\n### {name}\n\nState `{status}`, step `{step}`.\n").unwrap();
        let (mut noted, mut ignored) = (Vec::new(), Vec::new());
        let mut rows = String::new();
        for (event, input) in &machine.inputs {
            let mut after = state.clone();
            let actions = apply(&mut after, input);
            if after == state && actions.is_empty() {
                ignored.push(*event);
                continue;
            }
            if actions.is_empty() && (after.status(), after.step()) == (status, step) {
                noted.push(*event);
                continue;
            }
            let shown: Vec<String> = actions.iter().map(show).collect();
            let shown = if shown.is_empty() {
                "–".to_owned()
            } else {
                shown.join("; ")
            };
            writeln!(
                rows,
                "| {event} | {shown} | `{}` / `{}` |",
                after.status(),
                after.step()
            )
            .unwrap();
        }
        if !rows.is_empty() {
            writeln!(
                page,
                "| event | actions, in order | state / step after |\n|---|---|---|"
            )
            .unwrap();
            writeln!(page, "{rows}").unwrap();
        }
        if !noted.is_empty() {
            writeln!(page, "Noted for later: {}.\n", noted.join("; ")).unwrap();
        }
        if !ignored.is_empty() {
            writeln!(page, "Nothing follows from: {}.", ignored.join("; ")).unwrap();
        }
    }
}

/// An action in few words: who is asked, and for what.
fn show(action: &Action) -> String {
    match action {
        Action::Command(command) => match &**command {
            Command::Stock(to) => format!("stock {}: {}", to.id, variant(&to.command)),
            Command::Order(to) => match &to.command {
                OrderCommand::Cancel { reason } => format!("order: Cancel ({})", reason.code()),
                command => format!("order: {}", variant(command)),
            },
            Command::Payment(to) => format!("payment: {}", variant(&to.command)),
            Command::Account(to) => format!("account: {}", variant(&to.command)),
            Command::Subscription(to) => format!("subscription: {}", variant(&to.command)),
            Command::Warehouse(to) => format!("warehouse: {}", variant(&to.command)),
            Command::Product(to) => format!("product: {}", variant(&to.command)),
        },
        Action::Gateway(call) => format!("gateway: {}", variant(call)),
        Action::SetTimer { name, due_at } => {
            let wait = *due_at - noon();
            let shown = match wait.num_minutes() {
                0 => format!("{} ms", wait.num_milliseconds()),
                minutes => format!("{minutes} min"),
            };
            format!("timer `{name}` after {shown}")
        }
        Action::CancelTimer { name } => format!("no timer `{name}`"),
    }
}

/// The name of a variant, without its fields.
pub(crate) fn variant(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    let end = text.find([' ', '(', '{']).unwrap_or(text.len());
    text[..end].to_owned()
}

/// The rules in words, with the numbers of the code.
fn rules() -> String {
    let waits = settlement::waits();
    let numbers = [
        ("reservation", in_words(fulfilment::RESERVATION)),
        ("stock_retries", list(&fulfilment::STOCK_RETRIES)),
        ("first_wait", in_words(waits[0])),
        (
            "longest_wait",
            in_words(waits.iter().copied().max().unwrap_or_default()),
        ),
        ("most_waits", waits.len().to_string()),
        ("all_waits", in_words(waits.iter().sum())),
        ("refund_retries", list(&fulfilment::REFUND_RETRIES)),
        ("dunning", list(&subscription::DUNNING)),
    ];
    let mut page = include_str!("machines.md").to_owned();
    for (name, number) in numbers {
        let place = format!("{{{name}}}");
        assert!(page.contains(&place), "the rules do not say {place}");
        page = page.replace(&place, &number);
    }
    page
}

/// A span in the largest unit that it is a multiple of, or about so many days.
fn in_words(span: TimeDelta) -> String {
    let minutes = span.num_minutes();
    let (count, unit) = match minutes {
        0 => (span.num_milliseconds(), "millisecond"),
        day if day % (24 * 60) == 0 => (day / (24 * 60), "day"),
        hour if hour % 60 == 0 => (hour / 60, "hour"),
        long if long > 48 * 60 => return format!("about {} days", (long + 12 * 60) / (24 * 60)),
        minute => (minute, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn list(spans: &[TimeDelta]) -> String {
    let words: Vec<String> = spans.iter().copied().map(in_words).collect();
    match words.as_slice() {
        [earlier @ .., last] if !earlier.is_empty() => format!("{} and {last}", earlier.join(", ")),
        all => all.join(", "),
    }
}

fn page() -> String {
    let mut page = rules();
    page.push_str("\n## Fulfilment: one process for each order\n\n");
    page.push_str("The order has two lines, a chair and two lamps. Times are minutes after its placement.\n");
    table::<super::Fulfilment>(&mut page, &fulfilment::tests::machine());
    page.push_str("\n## Settlement by card: one process for each payment\n");
    table::<super::Settlement>(&mut page, &settlement::tests::card_machine());
    page.push_str("\n## Settlement from an account\n");
    table::<super::Settlement>(&mut page, &settlement::tests::account_machine());
    page.push_str("\n## Recurring: one process for each subscription\n");
    table::<super::Recurring>(&mut page, &recurring::tests::machine());
    page.push_str("\n## What the gateway says on its own\n\n");
    page.push_str("A webhook becomes a fact. These events follow from it, by the phase of the payment.\n\n");
    page.push_str(&payment::tests::facts_table());
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the tests is no setting of the shop"
)]
fn the_page_of_the_state_machines_says_what_they_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/state-machines.md");
    let page = page();
    if std::env::var_os("UPDATE_CONTRACTS").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "{} is out of date: run the tests of `domain` with UPDATE_CONTRACTS=1 and review the difference",
        path.display()
    );
}
