//! The line of states in the window: one of them gets a name, is kept, and is compared with another one.

use moult_tests::lab::shop::Shop;
use serde_json::Value;

use crate::world::{World, pictures, until};

const NAME: &str = "before the holidays";

pub(crate) fn a_state_is_named_kept_and_compared(world: &World, shop: &mut Shop<'_>, then: u64) {
    let before = world.state();
    let notch = |state: u64| format!("history-state-{state}");
    shop.click("go-history").unwrap();
    shop.wait_screen("history").unwrap();
    shop.click_part(&notch(then)).unwrap();
    let _ = shop.wait("history-go").unwrap();
    assert_eq!(state(world, then)["name"], "");

    shop.type_over("history-name", NAME).unwrap();
    shop.click("history-name-save").unwrap();
    until(shop, "it has its name", |_| state(world, then)["name"] == NAME);
    // There is nothing more to save.
    until(shop, "the name is kept", |shop| !shop.can("history-name-save"));

    // What is kept cannot be chosen to go.
    assert_eq!(state(world, then)["pinned"], false);
    let room = format!("history-room-{then}");
    shop.click("history-room").unwrap();
    let _ = shop.wait(&room).unwrap();
    shop.click("page-back").unwrap();
    shop.click("history-pin").unwrap();
    until(shop, "it is kept", |_| state(world, then)["pinned"] == true);
    shop.click("history-room").unwrap();
    until(shop, "it cannot go", |shop| {
        shop.has(&room) && !shop.can(&room) && shop.can("history-room-all")
    });
    shop.picture(&pictures().join("37-kept.png")).unwrap();
    shop.click("page-back").unwrap();

    // Compared with the first state instead of with now: nothing leads there from here.
    let first = states(world).iter().filter_map(|state| state["id"].as_u64()).min();
    let first = first.filter(|first| *first != then && *first != before).unwrap();
    shop.click("history-other").unwrap();
    shop.click_part(&notch(first)).unwrap();
    let _ = shop.wait("history-now").unwrap();
    let _ = shop.wait("history-packages").unwrap();
    assert!(!shop.has("history-go"));
    let _ = shop.wait("files").unwrap();
    shop.picture(&pictures().join("38-compared.png")).unwrap();
    let difference = world.told(&["state", "diff", &first.to_string(), &then.to_string()]);
    let packages = difference["packages"].as_array().unwrap();
    assert!(!packages.is_empty() && difference["files_added"] != 0, "{difference}");
    shop.click("history-now").unwrap();
    let _ = shop.wait("history-go").unwrap();

    shop.click("history-pin").unwrap();
    until(shop, "it is let go", |_| state(world, then)["pinned"] == false);
    assert_eq!(state(world, then)["name"], NAME);
    assert_eq!(world.state(), before);
}

/// What `moultctl state list` says.
fn states(world: &World) -> Vec<Value> {
    world.told(&["state", "list"]).as_array().unwrap().clone()
}

fn state(world: &World, id: u64) -> Value {
    states(world).into_iter().find(|state| state["id"] == id).unwrap()
}
