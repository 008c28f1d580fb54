//! The turnout against time, as a command prints it and a page draws it: the points of the
//! [`course`](mod@crate::course) with what is to be known beside them.

use serde::Serialize;
use veche_record::Manifest;
use veche_record::manifest::Timestamp;
use veche_verify::RouteTurnout;

use crate::course::{By, Point, Replay};
use crate::error::ResultsError;

/// The turnout at every size of a board that has an hour, and as of its last entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByHour {
    /// How many entries were read.
    pub entries: u64,
    /// Whether it can still change.
    pub open: bool,
    /// Every district of the manifest, as of the last entry.
    pub districts: Vec<DistrictNow>,
    /// The same by route, where there are any.
    pub turnout: Vec<RouteTurnout>,
    /// The points, in the order of the board.
    pub points: Vec<Point>,
}

/// A district as of the last entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DistrictNow {
    /// The identifier of the declared style.
    pub style: String,
    /// How many may vote, at most.
    pub electorate: u32,
    /// How many have signed in.
    pub voters: u64,
    /// How many of these have a ballot that counts.
    pub ballots: u64,
}

impl ByHour {
    /// What a replay has come to.
    pub fn of(manifest: &Manifest, replay: Replay) -> Self {
        let (entries, open, turnout) = (replay.size(), replay.is_open(), replay.turnout());
        let districts = manifest.styles().iter().map(|style| {
            let own = || turnout.iter().filter(|row| row.style == style.id);
            DistrictNow {
                style: style.id.clone(),
                electorate: style.electorate,
                voters: own().map(|row| u64::from(row.voters)).sum(),
                ballots: own().map(|row| u64::from(row.ballots)).sum(),
            }
        });
        ByHour { entries, open, districts: districts.collect(), points: replay.finish(), turnout }
    }

    /// One line for each point, district and route, for other software.
    ///
    /// # Errors
    /// [`ResultsError::Csv`]: none in practice.
    pub fn csv(&self) -> Result<String, ResultsError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "hour",
            "said_by",
            "entries",
            "district",
            "electorate",
            "route",
            "voters",
            "ballots",
        ])?;
        for point in &self.points {
            let hour = Timestamp::from_unix(point.time).map(|time| time.to_string()).unwrap_or_default();
            let (by, size) = (point.by().map_or("", By::name), point.size.to_string());
            for RouteTurnout { style, route, voters, ballots } in &point.turnout {
                let district = self.districts.iter().find(|district| district.style == *style);
                let electorate = district.map(|one| one.electorate.to_string()).unwrap_or_default();
                let (voters, ballots) = (voters.to_string(), ballots.to_string());
                writer.write_record([&hour, by, &size, style, &electorate, route, &voters, &ballots])?;
            }
            if point.turnout.is_empty() {
                writer.write_record([&hour, by, &size, "", "", "", "0", "0"])?;
            }
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
