//! What only the manifest refuses, at the place in the spreadsheet that it comes from.

use veche_record::Manifest;
use veche_record::manifest::{
    Contest, FORMAT, ManifestDocument, ReportBy, Route, Style, Text, Timestamp, TrusteeCount,
};
use veche_sheet::Place;

use super::document::{Made, Parts, whole};
use super::finding::Problem;
use super::ledger::Ledger;
use crate::words::{Key, Setting};

impl Parts<'_> {
    /// What the manifest does not allow of one list, and of one ballot, whatever is wrong with the others: each is put
    /// into a manifest of which nothing else can be refused.
    pub fn check_apart(&self, made: &[Made<'_>], styles: &[Style], routes: &[Route], ledger: &mut Ledger) {
        for (at, one) in made.iter().enumerate() {
            let Some(alone) = self.alone(vec![one.contest.clone()], None, routes) else { return };
            let path = format!("contests[{at}]");
            self.check(&alone, ("contests[0]", &path), styles, made, ledger);
        }
        for (at, style) in styles.iter().enumerate() {
            // Its lists have errors of their own.
            if style.contests.is_empty() {
                continue;
            }
            // Without those of which one may be added: a ballot with every other list would be looked at for each.
            let own = Style { plus_one_of: Vec::new(), ..style.clone() };
            let contests = made.iter().map(|made| made.contest.clone());
            let contests = contests.filter(|contest| own.contests.contains(&contest.id)).collect();
            let Some(alone) = self.alone(contests, Some(own), routes) else { return };
            self.check(&alone, ("styles[0]", &format!("styles[{at}]")), styles, made, ledger);
        }
    }

    /// A manifest with these lists, on this ballot or on a made-up one.
    fn alone(
        &self,
        mut contests: Vec<Contest>,
        style: Option<Style>,
        routes: &[Route],
    ) -> Option<ManifestDocument> {
        let (first, others) = self.languages.all.split_first()?;
        let text = others.iter().fold(Text::new(first, "–"), |text, language| text.and(language, "–"));
        for contest in &mut contests {
            contest.report_by = ReportBy::Contest;
        }
        let made_up = || Style {
            id: "ballot".to_owned(),
            title: text.clone(),
            contests: contests.iter().map(|contest| contest.id.clone()).collect(),
            plus_one_of: Vec::new(),
            electorate: 1,
            inhabitants: None,
        };
        let style = style.unwrap_or_else(made_up);
        let vote = self.vote;
        Some(ManifestDocument {
            veche: FORMAT,
            ballot_kind: vote.kind,
            languages: self.languages.all.clone(),
            title: text.clone(),
            text,
            opens: Timestamp::from_unix(0)?,
            closes: Timestamp::from_unix(1)?,
            closes_latest: None,
            paper_until: routes.iter().any(|route| route.entered).then(|| Timestamp::from_unix(2)).flatten(),
            time_zone: "UTC".to_owned(),
            early_close: false,
            contests,
            styles: vec![style],
            routes: routes.to_vec(),
            trustees: TrusteeCount { count: 3, threshold: 2 },
            minimum_group: 1,
            revote: true,
            registration: vote.registration,
            notice: None,
            endpoints: None,
            witnesses: None,
            check_minutes: None,
            country: None,
            shuffle: None,
            help: None,
            contact: None,
            privacy: None,
            accessibility: None,
            otherwise: None,
            sms: None,
        })
    }

    /// Says what a manifest is refused for, at the place that it comes from, where nothing is said of that row. Of one
    /// that was made of some parts, only what begins there counts, which is here in the whole.
    pub fn check(
        &self,
        document: &ManifestDocument,
        (there, here): (&str, &str),
        styles: &[Style],
        made: &[Made<'_>],
        ledger: &mut Ledger,
    ) {
        let refused = serde_json::to_vec(document).ok().and_then(|bytes| Manifest::parse(&bytes).err());
        let Some(error) = refused else { return };
        let Some(rest) = error.path.strip_prefix(there) else { return };
        // Which projects exclude one another is judged where they are read.
        if rest.starts_with(".funding.exclusive") {
            return;
        }
        // How many projects a list has is not known where rows could not be read.
        if !self.left.is_empty() && (rest.starts_with(".rule") || rest.ends_with(".options")) {
            return;
        }
        let path = format!("{here}{rest}");
        let place = self.place(&path, styles, made);
        let what = Problem::Manifest(Box::new(error.problem));
        let same_row = |known: &Place| known.sheet == place.sheet && known.row == place.row;
        let mut said = ledger.errors.iter();
        // The rule of a ballot is most often that of all lists: what is wrong with it is said once.
        if said.any(|error| {
            error.place.as_ref().is_some_and(same_row) || (rest.starts_with(".rule") && error.what == what)
        }) {
            return;
        }
        ledger.error(Some(place), path, what);
    }

    /// Where in the spreadsheet a path of the manifest comes from.
    fn place(&self, path: &str, styles: &[Style], made: &[Made<'_>]) -> Place {
        let index = |list: &str| {
            let rest = path.split_once(&format!("{list}["))?.1;
            rest.split_once(']')?.0.parse::<usize>().ok()
        };
        let contest = index("contests").and_then(|at| made.get(at));
        if let Some(project) = contest.and_then(|made| made.projects.get(index("options")?)) {
            return project.row.clone();
        }
        // A setting that every list has.
        if path.ends_with(".currency") {
            return self.settings.place(Setting::Currency);
        }
        let ballot = index("styles").and_then(|at| styles.get(at));
        let of_ballot = |style: &Style| self.districts.iter().find(|district| district.id == style.id);
        let district = contest.and_then(|made| self.districts.get(made.district));
        if let Some(district) = district.or_else(|| ballot.and_then(of_ballot)) {
            return district.row.clone();
        }
        let head = path.split(['.', '[']).next().unwrap_or_default();
        let key = format!("vote.{head}");
        match (self.districts.first(), Setting::ALL.iter().find(|setting| setting.key() == key)) {
            (_, Some(setting)) => self.settings.place(*setting),
            (Some(district), None) if matches!(head, "contests" | "styles") => whole(&district.row.sheet),
            _ => self.settings.place(Setting::Title),
        }
    }
}
