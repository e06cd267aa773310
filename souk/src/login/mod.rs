//! `souk login`: logins for auditors and analysts, who may read everything of the shop and write nothing.
//!
//! A login has a password of its own, which is shown once. It is never sent to the server in the clear and
//! so is in no log of it: what is sent is what the server would have kept of it.

#[cfg(test)]
mod tests;
mod verifier;

use std::{borrow::Cow, str::FromStr};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Days, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use platform::{config::Config, pool::DatabaseRole, postgres};
use sqlx::{PgPool, Row as _, postgres::PgConnectOptions};

use crate::{FINE, database::Database, say::say};

/// What the names of all logins begin with, so that none is taken for a role of somebody else.
const PREFIX: &str = "auditor_";

/// The longest name. PostgreSQL cuts names at 63 bytes in silence.
const MAX_NAME: usize = 40;

/// How long a login lasts unless told otherwise: an audit is over then, and a forgotten login too.
const DEFAULT_DAYS: u32 = 90;

/// SQLSTATE of a role that exists already, of one that does not, and of what a login may not do.
const DUPLICATE_OBJECT: &str = "42710";
const UNDEFINED_OBJECT: &str = "42704";
const INSUFFICIENT_PRIVILEGE: &str = "42501";
const DEPENDENT_OBJECTS: &str = "2BP01";

/// Arguments of `souk login`.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    #[command(subcommand)]
    command: LoginCommand,
}

#[derive(Debug, Subcommand)]
enum LoginCommand {
    /// Make a login and print how to connect with it; its password is shown this once
    #[command(after_help = EXAMPLES)]
    Create {
        /// Whose login it is, such as `ada`
        name: LoginName,
        /// For how many days it lasts
        #[arg(long, default_value_t = DEFAULT_DAYS, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
    /// List the logins and until when they last
    List,
    /// Drop a login and end what it is doing
    Drop {
        /// Whose login it is
        name: LoginName,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

const EXAMPLES: &str = "\
The login may read the log, the read models and the processes, and write nothing. On the embedded server it
works while `souk up` runs, from the user that runs it.

Examples:
  souk login create ada --days 30
  psql \"$URL\" -c 'SELECT status, count(*) FROM souk_live.orders GROUP BY status'
  DATABASE_URL=\"$URL\" souk events list --last 20";

/// A name that needs no quoting anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LoginName(String);

/// What is no name of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a name of small letters, digits and _ that begins with a letter, of at most {} of them",
    MAX_NAME
)]
struct InvalidLoginName;

impl FromStr for LoginName {
    type Err = InvalidLoginName;

    fn from_str(name: &str) -> Result<Self, InvalidLoginName> {
        let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase());
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if begins_well && name.len() <= MAX_NAME && name.chars().all(is_plain) {
            // Whoever copies the name from the list means the same login.
            let name = name
                .strip_prefix(PREFIX)
                .filter(|rest| !rest.is_empty())
                .unwrap_or(name);
            return Ok(Self(name.to_owned()));
        }
        Err(InvalidLoginName)
    }
}

impl LoginName {
    /// The role in the database.
    fn role(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }
}

/// Runs it.
pub(crate) async fn run(config: &Config, args: LoginArgs) -> Result<u8> {
    let database = Database::attach(config).await?;
    let done = perform(&database, args.command).await;
    database.stop().await;
    say(&done?)?;
    Ok(FINE)
}

async fn perform(database: &Database, command: LoginCommand) -> Result<String> {
    let pool = database.pool(DatabaseRole::Owner, "login", 1).await?;
    match command {
        LoginCommand::Create { name, days } => {
            let until = Utc::now()
                .checked_add_days(Days::new(u64::from(days)))
                .context("the last day is beyond every calendar")?;
            let password = create(&pool, &name, until).await?;
            Ok(created(&pool.connect_options(), &name, &password, until))
        }
        LoginCommand::List => list(&pool).await,
        LoginCommand::Drop { name, yes } => {
            if !yes {
                bail!(
                    "nothing was done; --yes drops {} and ends what it is doing",
                    name.role()
                );
            }
            drop_login(&pool, &name).await?;
            Ok(format!("{} is dropped\n", name.role()))
        }
    }
}

/// PUBLIC may make temporary tables, which fill a disk as others do. The right belongs to the database and is not kept
/// when it is restored elsewhere, so it is taken away with each login. Souk makes no such tables.
const NO_TEMPORARY_TABLES: &str = "DO $$ BEGIN \
     EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); \
     END $$";

/// Makes the login and returns its password.
async fn create(pool: &PgPool, name: &LoginName, until: DateTime<Utc>) -> Result<String> {
    // 256 random bits, in letters that no shell and no URL changes.
    let password = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let verifier = verifier::of(&password, &rand::random::<[u8; 16]>());
    let (role, until) = (name.role(), until.to_rfc3339_opts(SecondsFormat::Secs, true));
    let mut transaction = pool.begin().await?;
    // Statements about roles take no parameters. Name, verifier and time have no letter to be quoted.
    for statement in [
        format!(
            "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT \
             CONNECTION LIMIT 8 PASSWORD '{verifier}' VALID UNTIL '{until}'"
        ),
        format!("GRANT souk_auditor TO {role}"),
        NO_TEMPORARY_TABLES.to_owned(),
        // Slips of the pen are refused by the session already, and one that is forgotten holds up nothing.
        format!("ALTER ROLE {role} SET default_transaction_read_only = on"),
        format!("ALTER ROLE {role} SET idle_in_transaction_session_timeout = '10min'"),
        format!("ALTER ROLE {role} SET search_path = souk_live, public"),
    ] {
        let done = sqlx::raw_sql(&statement).execute(&mut *transaction).await;
        done.map_err(|error| refused(error, &role))?;
    }
    transaction.commit().await?;
    Ok(password)
}

async fn drop_login(pool: &PgPool, name: &LoginName) -> Result<()> {
    let role = name.role();
    // First nobody else may come in, and then those who are inside go.
    let perform = async |statement: String| sqlx::raw_sql(&statement).execute(pool).await.map(|_| ());
    for statement in [
        format!("ALTER ROLE {role} NOLOGIN"),
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"),
    ] {
        perform(statement).await.map_err(|error| refused(error, &role))?;
    }
    let mut dropped = perform(format!("DROP ROLE {role}")).await;
    if dropped.as_ref().is_err_and(owns_something) {
        dropped = perform(format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    }
    dropped.map_err(|error| refused(error, &role))
}

/// Whether a role cannot be dropped because it owns something in a database.
fn owns_something(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some(DEPENDENT_OBJECTS)
}

/// The SQLSTATE, if the error comes from the server.
fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

async fn list(pool: &PgPool) -> Result<String> {
    let logins = "SELECT rolname::text, rolvaliduntil, rolcanlogin FROM pg_roles \
                  WHERE starts_with(rolname, $1) ORDER BY rolname";
    let rows = sqlx::query(logins).bind(PREFIX).fetch_all(pool).await?;
    let mut text = String::new();
    for row in rows {
        let (role, until): (String, Option<DateTime<Utc>>) = (row.try_get(0)?, row.try_get(1)?);
        let until = until.map_or_else(
            || "for ever".to_owned(),
            |until| format!("until {}", until.to_rfc3339_opts(SecondsFormat::Secs, true)),
        );
        let half_dropped = if row.try_get(2)? {
            ""
        } else {
            "  (may not log in: `souk login drop` did not get to its end)"
        };
        text.push_str(&format!("{role}  {until}{half_dropped}\n"));
    }
    Ok(text)
}

/// What the server refused, as the person at the command line can act on it.
fn refused(error: sqlx::Error, role: &str) -> anyhow::Error {
    let hint = match code(&error).as_deref() {
        Some(DUPLICATE_OBJECT) => format!("there is a login {role} already; `souk login drop` takes it away"),
        Some(UNDEFINED_OBJECT) => format!("there is no login {role}, or `souk migrate` has not run yet"),
        Some(INSUFFICIENT_PRIVILEGE) => {
            "the login of DATABASE_URL may not make roles: it needs CREATEROLE and the role souk_auditor"
                .to_owned()
        }
        _ => format!("the login {role} cannot be changed"),
    };
    anyhow::Error::new(error).context(hint)
}

/// How to connect, for the person who asked.
fn created(options: &PgConnectOptions, name: &LoginName, password: &str, until: DateTime<Utc>) -> String {
    let url = postgres::url_for(options, &name.role(), password);
    let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!(
        "{role} may read everything and write nothing, until {until}. The password is shown this once.\n\n  \
         url   {url}\n  psql  psql '{url}'\n  souk  DATABASE_URL='{url}' souk events list --last 20\n",
        role = name.role()
    )
}
