//! demo
#![allow(dead_code, reason = "x")]
mod catalogue;
mod customer;
mod order;
mod people;
mod plan;
mod product;
mod random;
mod showcase;
mod stock;
pub fn print() {
    let t = std::time::Instant::now();
    let plan = plan::Plan::new(1, Default::default()).unwrap();
    println!("{:?}", t.elapsed());
    println!("{} {} {} {}", plan.products.len(), plan.stock.len(), plan.customers.len(), plan.orders.len());
    for p in plan.products.iter().step_by(57) { println!("{} | {} | {} | {:?}\n   {}", p.draft.name, p.draft.slug, p.draft.variants.iter().map(|v| v.sku.as_str()).collect::<Vec<_>>().join(" "), p.prices.iter().map(|p| p.price).collect::<Vec<_>>(), p.draft.description.as_ref().unwrap()); }
    for c in plan.customers.iter().step_by(50) { println!("{:?}", c); }
    let mut m = std::collections::BTreeMap::new();
    for o in &plan.orders { *m.entry((format!("{:?}", o.fate), matches!(o.payment, order::Payment::Card{..}))).or_insert(0) += 1; }
    println!("{m:?}");
    for o in plan.orders.iter().step_by(700) { println!("{:?}", o); }
    let mut d: Vec<_> = stock::demand(&plan.orders).into_iter().map(|(a,b)| (b,a)).collect(); d.sort(); 
    println!("{:?} receipts {}", &d[d.len()-5..], plan.stock.iter().map(|s| s.receipts.len()).sum::<usize>());
    for s in plan.stock.iter().step_by(300) { println!("{:?}", s); }
}
