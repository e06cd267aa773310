//! A whole shop in memory: its aggregates, its process managers, a gateway that loses answers, and people who
//! change their minds, under a scheduler that delivers everything late, twice and in any order, and crashes
//! between any two steps.
//!
//! Everything follows from a seed. A failure names its seed: `check(seed, Fault::Sound)` tells the same story again.
//! After every event the books, the units and the payments are checked; when the shop comes to rest, every order.

mod books;
mod bus;
mod ends;
mod fault;
mod gateway;
mod people;
mod random;
mod runner;
mod shop;

use std::ops::Range;

use self::{ends::Ends, fault::Fault, people::People, shop::Shop};

/// A hundred thousand orders and some more.
const SEEDS: Range<u64> = 0..4_200;

/// A fault that is not found in so many shops is not found.
const SEEDS_PER_FAULT: Range<u64> = 0..200;

#[test]
fn every_order_ends_and_nothing_is_lost_whatever_happens() {
    let ends = check_all(SEEDS);
    println!("{} orders: {ends:?}", ends.orders());
    assert!(ends.orders() >= 100_000, "{ends:?}");
    ends.assert_all_happened();
}

#[test]
fn every_planted_fault_is_found() {
    for fault in Fault::PLANTED {
        let found = SEEDS_PER_FAULT.into_iter().find_map(|seed| {
            let found = check(seed, fault).err();
            found.map(|found| (seed, found))
        });
        let Some((seed, found)) = found else {
            panic!("{fault:?} was not found");
        };
        let found: String = found.chars().take(160).collect();
        println!("{fault:?} was found with seed {seed}: {found}");
    }
}

/// Shops in which everybody comes at once.
const RUSHES: Range<u64> = 0..60;

/// Of so many orders that are refused, one may be refused in vain: who meets others again each time gives up.
const REFUSED_PER_ERROR: usize = 1_000;

#[test]
fn the_last_units_go_to_orders_that_can_use_them() {
    let (mut refused, mut served, mut waited) = (0, 0, 0);
    let mut in_vain = Vec::new();
    for seed in RUSHES {
        let mut shop = Shop::rush(seed);
        shop.live(&mut People::rivals(seed)).unwrap();
        let ends = shop.check_ends().unwrap();
        served += ends.of("paid");
        refused += ends.of("out_of_stock");
        waited += shop.waits_for_units();
        in_vain.extend(shop.refused_in_vain().map(|order_id| (seed, order_id)));
    }
    println!(
        "{served} served, {refused} refused, {} of them in vain",
        in_vain.len()
    );
    assert!(
        served > 2_000 && refused > 2_000 && waited > 2_000,
        "{served} served, {refused} refused, {waited} waits"
    );
    assert!(in_vain.len() * REFUSED_PER_ERROR <= refused, "{in_vain:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let log = |seed| {
        let mut shop = Shop::open(seed, Fault::Sound);
        shop.live(&mut People::new(seed)).unwrap();
        shop.log
    };
    assert!(log(7) == log(7));
    assert!(log(7) != log(8));
}

/// For as long as asked: `SOUK_SOAK_SECONDS=3600 cargo test -p domain soak -- --ignored --nocapture`.
#[test]
#[ignore = "runs for as long as it is asked to"]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test runs is no setting of the shop, and not part of any decision"
)]
fn soak() {
    let seconds = std::env::var("SOUK_SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let lasts = std::time::Duration::from_secs(seconds.unwrap_or(60));
    let (begun, mut first, mut ends) = (std::time::Instant::now(), SEEDS.end, Ends::default());
    while begun.elapsed() < lasts {
        let seeds = first..first + 500;
        first = seeds.end;
        ends.add(&check_all(seeds));
        println!("{} orders after {} s", ends.orders(), begun.elapsed().as_secs());
    }
    println!("{ends:?}");
}

/// Lets a shop live until nothing is left to do, and looks at what it left behind.
fn check(seed: u64, fault: Fault) -> Result<Ends, String> {
    let mut shop = Shop::open(seed, fault);
    shop.live(&mut People::new(seed))?;
    shop.check_ends()
}

/// Many shops, on all processors.
fn check_all(seeds: Range<u64>) -> Ends {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let work = |worker: u64| {
        let mut ends = Ends::default();
        for seed in seeds.clone().filter(|seed| seed % workers == worker) {
            match check(seed, Fault::Sound) {
                Ok(more) => ends.add(&more),
                Err(found) => panic!("seed {seed}: {found}"),
            }
        }
        ends
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        let mut ends = Ends::default();
        for handle in handles {
            match handle.join() {
                Ok(more) => ends.add(&more),
                Err(found) => std::panic::resume_unwind(found),
            }
        }
        ends
    })
}
