//! What a spreadsheet can say, by name.

/// Something that words stand for.
pub trait Key: Copy + Eq + 'static {
    /// All of a kind.
    const ALL: &'static [Self];

    /// The key of its words.
    fn key(self) -> String;
}

macro_rules! keys {
    ($(#[$doc:meta])* $name:ident, $group:literal, { $($(#[$said:meta])* $variant:ident $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$said])* $variant,)*
        }

        impl Key for $name {
            const ALL: &'static [Self] = &[$($name::$variant,)*];

            fn key(self) -> String {
                let key = match self {
                    $($name::$variant => $key,)*
                };
                format!("{}.{key}", $group)
            }
        }
    };
}

keys! {
    /// A sheet.
    SheetKind, "sheet", {
        /// The vote as a whole, a setting in each row.
        Vote "vote",
        /// A district, or a list for the whole town, in each row.
        Districts "districts",
        /// A project in each row.
        Projects "projects",
    }
}

keys! {
    /// A column of the sheet of the vote.
    VoteColumn, "vote", {
        /// What is set.
        Setting "setting",
        /// What it is set to, in one language or in all.
        Value "value",
    }
}

keys! {
    /// A row of the sheet of the vote.
    Setting, "vote", {
        /// `title`.
        Title "title",
        /// The name of the town, which is typed when the vote is frozen.
        Town "town",
        /// `text`.
        Text "text",
        /// `opens`.
        Opens "opens",
        /// `closes`.
        Closes "closes",
        /// `closes_latest`.
        ClosesLatest "closes_latest",
        /// `time_zone`.
        TimeZone "time_zone",
        /// `languages`.
        Languages "languages",
        /// `currency` of every contest.
        Currency "currency",
        /// The name of its hundredth, where money is counted in that.
        Hundredth "hundredth",
        /// The kind of rule of every contest.
        Rule "rule",
        /// Its lower bound.
        Min "min",
        /// Its upper bound.
        Max "max",
        /// Points of a ballot.
        Points "points",
        /// Points of one project.
        PointsPerProject "points_per_project",
        /// Whether a ballot may be blank.
        Blank "blank",
        /// `unaffordable`, or no funding.
        Funding "funding",
        /// `minimum_votes`.
        Threshold "threshold",
        /// `ties`.
        Ties "ties",
        /// `plus_one_of` all other districts.
        OtherDistrict "other_district",
        /// `report_by` of the lists of the whole town.
        ByDistrict "by_district",
        /// `registration`.
        Registration "registration",
        /// `routes`.
        Routes "routes",
        /// `paper_until`.
        PaperUntil "paper_until",
        /// `trustees.count`.
        Trustees "trustees",
        /// `trustees.threshold`.
        TrusteesNeeded "trustees_needed",
        /// `minimum_group`.
        MinimumGroup "minimum_group",
        /// `revote`.
        Revote "revote",
        /// `early_close`.
        EarlyClose "early_close",
        /// `phase`.
        Practice "practice",
        /// `country`.
        Country "country",
        /// `shuffle`.
        Shuffle "shuffle",
        /// `notice`.
        Notice "notice",
        /// `help`.
        Help "help",
        /// `contact`.
        Contact "contact",
        /// `privacy`.
        Privacy "privacy",
        /// `accessibility`.
        Accessibility "accessibility",
        /// `otherwise`.
        Otherwise "otherwise",
        /// `sms`.
        Sms "sms",
        /// How many projects there should be.
        StatedProjects "stated_projects",
        /// How many districts there should be.
        StatedDistricts "stated_districts",
        /// How much money there should be.
        StatedBudget "stated_budget",
    }
}

keys! {
    /// A column of the sheet of districts.
    DistrictColumn, "district", {
        /// Its identifier.
        Id "id",
        /// Its name.
        Name "name",
        /// What its contest is about.
        Text "text",
        /// Whether its contest is on every ballot.
        City "city",
        /// How many people may vote there.
        Electorate "electorate",
        /// How many people live there.
        Inhabitants "inhabitants",
        /// How much there is to spend.
        Budget "budget",
        /// The rule's lower bound.
        Min "min",
        /// The rule's upper bound.
        Max "max",
        /// `minimum_votes`.
        Threshold "threshold",
        /// How many projects there should be.
        StatedProjects "stated_projects",
    }
}

keys! {
    /// A column of the sheet of projects.
    ProjectColumn, "project", {
        /// Its number, which is its identifier, too.
        Number "number",
        /// Its name.
        Name "name",
        /// Its description.
        Text "text",
        /// The district that it is in.
        District "district",
        /// What it costs.
        Cost "cost",
        /// What kind it is.
        Category "category",
        /// Where it would be.
        Address "address",
        /// Where on the earth.
        Latitude "latitude",
        /// Where on the earth.
        Longitude "longitude",
        /// Both in one cell.
        Coordinates "coordinates",
        /// Its picture.
        Picture "picture",
        /// A word that it shares with the projects that it excludes.
        Exclusive "exclusive",
        /// Who proposed it: a manifest has no room for it.
        Author "author",
        /// How to reach them: a manifest has no room for it.
        Contact "contact",
        /// A page about it: a manifest has no room for it.
        Website "website",
        /// The clerks' own notes: a manifest has no room for them.
        Remarks "remarks",
    }
}

impl ProjectColumn {
    /// Whether a manifest has a key for it.
    pub fn has_room(self) -> bool {
        use ProjectColumn::{Author, Contact, Remarks, Website};
        !matches!(self, Author | Contact | Website | Remarks)
    }
}

keys! {
    /// Something that a cell chooses.
    Choice, "choice", {
        /// Yes.
        Yes "yes",
        /// No.
        No "no",
        /// A number of projects.
        Choose "choose",
        /// Points.
        Points "points",
        /// An order.
        Ranking "ranking",
        /// What the budget pays for.
        Money "money",
        /// A project that the money left does not pay for is passed over.
        Skip "skip",
        /// Nothing below it gets money.
        Stop "stop",
        /// Nobody is funded by the vote.
        None "none",
        /// The cheaper one first.
        Cheaper "cheaper",
        /// The one listed first.
        Order "order",
        /// The one drawn first.
        Lot "lot",
        /// Those on the roll.
        Roll "roll",
        /// Anyone.
        Open "open",
        /// A code sent to a telephone.
        Sms "sms",
        /// A printed code.
        Code "code",
        /// A ballot on paper.
        Paper "paper",
        /// The whole town, as the district of a project.
        City "city",
    }
}
