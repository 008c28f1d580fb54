//! Real ballots of real cities: what was published is what comes out. The files are not ours to copy; they are found
//! by `VECHE_PABULIB`.

use std::path::PathBuf;
use std::time::Instant;

use veche_cli::pabulib::PabulibFile;

use crate::flips::flip_sampled;
use crate::support::{hold, report};

/// A city's file; nothing, and a line that says so, where the files are not there.
fn city(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("VECHE_PABULIB") else {
        println!("not run: VECHE_PABULIB does not say where {name} is");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "VECHE_PABULIB is set, and {} is not there", path.display());
    Some(path)
}

fn totals_are_as_published(name: &str, projects: usize, ballots: u32) {
    let Some(path) = city(name) else { return };
    let file = PabulibFile::parse(&std::fs::read(&path).unwrap()).unwrap();
    let published: Vec<(String, u64)> =
        file.projects.iter().map(|project| (project.id.clone(), project.votes.unwrap())).collect();
    let began = Instant::now();
    let (plan, held) = hold(&[path], None);
    let group = &held.result.contests[0];
    let totals: Vec<(String, u64)> =
        group.options.iter().map(|option| (option.id.clone(), option.total)).collect();
    assert_eq!((totals.len(), group.ballots), (projects, ballots));
    assert_eq!(totals, published);
    assert!(plan.outcomes(held.refused, &held.result)[0].refused.is_empty());
    let report = report(&held.store);
    assert_eq!(report.exit_code(), 0, "{report}");
    println!("{name}: {ballots} ballots, {projects} totals as published, in {:.1?}", began.elapsed());
}

#[test]
fn nad_nerem_approval_up_to_five() {
    totals_are_as_published("lodz-2022/poland_lodz_2022_nad-nerem.pb", 8, 315);
}

#[test]
fn konczyce_exactly_one() {
    totals_are_as_published("poland_zabrze_2021_konczyce.pb", 5, 289);
}

#[test]
fn bits_of_a_district_record() {
    let Some(path) = city("lodz-2022/poland_lodz_2022_nad-nerem.pb") else { return };
    let (_, held) = hold(&[path], None);
    let began = Instant::now();
    let flips = flip_sampled(&held.store, 20);
    println!("{flips} flips of a record of 315 ballots in {:.1?}", began.elapsed());
}

#[test]
fn every_real_file_is_read_and_counts_as_published() {
    let Some(folder) = city("lodz-2022") else { return };
    let (mut files, mut votes, mut projects) = (0, 0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = PabulibFile::parse(&std::fs::read(&path).unwrap()).unwrap();
        let mut totals = vec![0; file.projects.len()];
        for vote in &file.votes {
            vote.picks.as_ref().unwrap().iter().for_each(|pick| totals[*pick] += 1);
        }
        let published: Vec<u64> = file.projects.iter().map(|project| project.votes.unwrap()).collect();
        assert_eq!(totals, published, "{}", path.display());
        (files, votes, projects) = (files + 1, votes + file.votes.len(), projects + totals.len());
    }
    assert_eq!((files, votes, projects), (37, 195_096, 696));
}
