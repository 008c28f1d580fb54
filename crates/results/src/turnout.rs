//! Voters and ballots of every district, also of those where nobody has come: what a town signs is the whole of it.

use std::collections::HashMap;

use veche_record::Manifest;
use veche_verify::RouteTurnout;

/// Every district of the manifest with every way of being identified, in the manifest's order, from what an audit has
/// found; zeros where it has found nobody. An audit names only the districts that have voters, for a board is counted
/// at many of its sizes.
pub fn every_district(manifest: &Manifest, found: &[RouteTurnout]) -> Vec<RouteTurnout> {
    let known: HashMap<(&str, &str), &RouteTurnout> =
        found.iter().map(|one| ((one.style.as_str(), one.route.as_str()), one)).collect();
    let row = |style: &str, route: &str| {
        let none =
            || RouteTurnout { style: style.to_owned(), route: route.to_owned(), voters: 0, ballots: 0 };
        known.get(&(style, route)).map_or_else(none, |&one| one.clone())
    };
    let routes = &manifest.document().routes;
    manifest.styles().iter().flat_map(|style| routes.iter().map(|route| row(&style.id, &route.id))).collect()
}
