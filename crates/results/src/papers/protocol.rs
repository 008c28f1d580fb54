//! The protocol of the count, to be printed and signed.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use veche_record::BallotKind;
use veche_record::Manifest;
use veche_record::entry::TallyKind;
use veche_record::manifest::{Funding, Registration};
use veche_verify::notice::{Fact, Words as NoticeWords};
use veche_verify::report::Report;
use veche_verify::{BoardState, KeyChange, KeyChanges, Status};

use super::contest::Contests;
use super::draws::DrawNote;
use super::hours::Hours;
use super::page::{facts, own, page, plain};
use super::wording::PaperWords;
use crate::error::ResultsError;
use crate::sheets::{by_district, share};
use crate::standing::Standing;
use crate::words::{Words, fill};

/// What a protocol is made of: a record in which every check passed.
#[derive(Debug, Clone, Copy)]
pub struct Protocol<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// All contests.
    pub standings: &'a [Standing<'a>],
    /// What the audit found.
    pub report: &'a Report,
    /// The board at its end.
    pub board: &'a BoardState,
    /// The signed checkpoint.
    pub note: &'a [u8],
    /// The version of the program.
    pub version: &'a str,
    /// The language of the words, one of [`LANGUAGES`](crate::words::LANGUAGES).
    pub language: &'a str,
    /// The language of the names, one of the manifest's.
    pub names: &'a str,
    /// What the organiser calls the key-holders, by their numbers; those without a name are their number.
    pub trustees: &'a BTreeMap<u8, String>,
    /// What the organiser has noted of draws, which the board does not keep.
    pub draws: &'a [DrawNote],
}

/// The protocol with its words.
struct Written<'a> {
    of: Protocol<'a>,
    words: &'a Words,
    papers: &'a PaperWords,
    hours: Hours<'a>,
}

impl Protocol<'_> {
    /// The page.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`] for a language without words.
    pub fn html(&self) -> Result<String, ResultsError> {
        let (words, papers) = (Words::of(self.language)?, PaperWords::of(self.language)?);
        let hours = Hours::of(&self.manifest.document().time_zone, &papers.date);
        let title = format!("{}: {}", papers.title, self.title());
        let written = Written { of: *self, words: &words, papers: &papers, hours };
        Ok(page(self.language, &title, &written.body()))
    }

    fn title(&self) -> &str {
        self.manifest.document().title.get(self.names).unwrap_or_default()
    }
}

impl Written<'_> {
    fn body(&self) -> Markup {
        let (of, papers) = (self.of, self.papers);
        let document = of.manifest.document();
        let contests = self.contests();
        let notice = document.notice.as_ref().and_then(|notice| notice.get(of.names));
        let pending = of.standings.iter().any(|standing| !standing.to_be_drawn().is_empty());
        let withheld = !of.standings.is_empty() && of.standings.iter().all(Standing::is_withheld);
        html! {
            h1 { (papers.title) }
            p.title { (own(of.title())) }
            @if document.ballot_kind != BallotKind::Election { p.mark { (papers.rehearsal) } }
            @if let Some(notice) = notice { p.mark { (own(notice)) } }
            (self.vote())
            (self.turnout())
            @if withheld { p.mark { (papers.no_result) } }
            @if pending { p.mark { (papers.provisional) } }
            @for standing in of.standings { (contests.section(standing)) }
            @if let Some(changes) = &of.report.key_changes { (self.keys(changes)) }
            (self.notices())
            (self.decryption())
            (self.checking())
            (self.signatures())
            footer { (fill(&papers.made, &[("version", of.version)])) }
        }
    }

    fn contests(&self) -> Contests<'_> {
        let of = self.of;
        let fundings = of.manifest.contests().iter().map(|contest| &contest.funding);
        // Lists of which one project is funded at most are a contest's own.
        let own = |funding: &Funding| funding.greedy().is_some_and(|greedy| !greedy.exclusive.is_empty());
        let funding_together = of.manifest.contests().len() > 1
            && fundings.clone().zip(fundings.clone().skip(1)).all(|(one, next)| one == next)
            && !fundings.clone().any(own);
        Contests {
            manifest: of.manifest,
            words: self.words,
            papers: self.papers,
            names: of.names,
            funding_together,
            draws: of.draws,
        }
    }

    fn hour(&self, seconds: u64) -> Markup {
        plain(&self.hours.at(seconds))
    }

    fn count(&self, number: u64) -> Markup {
        plain(&self.words.count(number))
    }

    fn vote(&self) -> Markup {
        let (of, papers) = (self.of, self.papers);
        let document = of.manifest.document();
        let (opened, ended) = of.board.hours();
        let extended = Some(u64::from(of.board.extensions())).filter(|times| *times > 0);
        let noted = |code: &str| of.report.notices.iter().any(|notice| notice.code == code);
        let who = match document.registration {
            Registration::Roll => &papers.by_roll,
            Registration::Open => &papers.by_sign_in,
        };
        let revote = if document.revote { &papers.revote_yes } else { &papers.revote_no };
        let routes = html! {
            @for (position, route) in document.routes.iter().enumerate() {
                @if position > 0 { br; }
                (own(route.title.get(of.names).unwrap_or(&route.id)))
                @if route.entered { " (" (papers.entered) ")" }
            }
        };
        let contests = self.contests();
        let funding = of.manifest.contests().first().filter(|_| contests.funding_together);
        let zone = fill(&papers.hours_of, &[("zone", &super::page::isolated(self.hours.zone()))]);
        html! {
            h2 { (papers.vote) }
            (facts(&[
                (&papers.announced_opening, Some(self.hour(document.opens.unix()))),
                (&papers.opened, opened.map(|time| self.hour(time))),
                (&papers.announced_closing, Some(self.hour(document.closes.unix()))),
                (&papers.put_off, extended.map(|times| self.count(times))),
                (&papers.closing_then, extended.map(|_| self.hour(of.board.closing_hour()))),
                (&papers.ended, ended.map(|time| self.hour(time))),
                (&papers.paper_until, document.paper_until.map(|time| self.hour(time.unix()))),
                (&papers.registration, Some(html! { (who) })),
                (&papers.routes, Some(routes)),
                (&papers.revote, Some(html! { (revote) })),
                (&papers.funding_all, funding.map(|contest| html! { (contests.funding(contest)) })),
                (&papers.minimum_group, Some(self.count(document.minimum_group.into()))),
                (&papers.entries, Some(self.count(of.report.entries))),
                (&papers.cast, Some(self.count(of.report.ballots))),
            ]))
            p { (zone) }
            @if noted("closed-early") { (self.early(ended)) }
            @if noted("closing-not-proved") { p { (papers.not_proved) } }
            @if noted("closed-by-trustees") { p { (papers.by_trustees) } }
        }
    }

    /// That the vote was ended before its hour, and what the organiser has said to it: a notice stands on the board
    /// before such an end.
    fn early(&self, ended: Option<u64>) -> Markup {
        let papers = self.papers;
        let before = |notice: &Fact| match notice {
            Fact::Said { time, words, .. } if ended.is_none_or(|ended| time.0 <= ended) => {
                Some(words.clone())
            }
            _ => None,
        };
        let last = self.of.report.notices.iter().filter_map(|notice| before(&notice.fact)).next_back();
        let said = last.as_ref().map(|words| format!("\u{2068}{}\u{2069}", self.words_of(words)));
        html! {
            p.mark {
                (papers.closed_early)
                @if let Some(words) = said {
                    " " (fill(&papers.closed_early_why, &[("words", &words)]))
                }
            }
        }
    }

    /// The organiser's words in the language of the names, or in the first there is.
    fn words_of<'w>(&self, words: &'w NoticeWords) -> &'w str {
        let in_language = words.0.iter().find(|(language, _)| language == self.of.names);
        in_language.or(words.0.first()).map_or("", |(_, words)| words)
    }

    fn turnout(&self) -> Markup {
        let (of, words) = (self.of, self.words);
        let districts = by_district(of.manifest, &of.report.turnout, of.names);
        let sum = |part: fn(&crate::sheets::District<'_>) -> u64| districts.iter().map(part).sum::<u64>();
        let together = |name: &str, sum: &str, voters, ballots, electorate| {
            html! {
                tr.together {
                    td { (own(name)) }
                    td { (sum) }
                    td.n { (self.count(voters)) }
                    td.n { (self.count(ballots)) }
                    td.n { (self.count(electorate)) }
                    td.n { @if let Some(share) = share(ballots, electorate) {
                        (plain(&format!("{} %", words.hundredths(share))))
                    } }
                }
            }
        };
        let papers = (0_u16..).zip(of.manifest.styles()).filter_map(|(position, style)| {
            let papers = of.board.papers(position)?;
            Some((style.title.get(of.names).unwrap_or(&style.id), papers))
        });
        let papers: Vec<_> = papers.collect();
        html! {
            h2 { (self.papers.turnout) }
            table {
                thead {
                    tr {
                        th { (words.district) }
                        th { (words.route) }
                        th.n { (words.identified) }
                        th.n { (words.ballots) }
                        th.n { (words.electorate) }
                        th.n { (words.share) }
                    }
                }
                tbody {
                    @for district in &districts {
                        @for (route, one) in &district.routes {
                            tr {
                                td { (own(&district.name)) }
                                td { (own(route)) }
                                td.n { (self.count(one.voters.into())) }
                                td.n { (self.count(one.ballots.into())) }
                                td {}
                                td {}
                            }
                        }
                        (together(&district.name, &words.total, district.voters, district.ballots, district.electorate))
                    }
                    @if districts.len() > 1 {
                        (together(
                            &words.total,
                            "",
                            sum(|one| one.voters),
                            sum(|one| one.ballots),
                            sum(|one| one.electorate),
                        ))
                    }
                }
            }
            @if !papers.is_empty() {
                table {
                    thead { tr { th { (words.district) } th.n { (self.papers.papers) } } }
                    tbody {
                        @for (district, papers) in papers {
                            tr { td { (own(district)) } td.n { (self.count(papers.into())) } }
                        }
                    }
                }
            }
        }
    }

    fn keys(&self, changes: &KeyChanges) -> Markup {
        let papers = self.papers;
        let causes: [(&str, &KeyChange); 4] = [
            (&papers.handed_over, &changes.handovers),
            (&papers.replaced, &changes.replaced),
            (&papers.on_paper, &changes.voted_on_paper),
            (&papers.not_entitled, &changes.not_entitled),
        ];
        html! {
            section.together-on-a-page {
                h2 { (papers.keys) }
                table {
                    thead {
                        tr { th { (papers.cause) } th.n { (papers.times) } th.n { (papers.after_ballot) } }
                    }
                    tbody {
                        @for (cause, change) in causes {
                            tr {
                                td { (cause) }
                                td.n { (self.count(change.count)) }
                                td.n { (self.count(change.after_ballot)) }
                            }
                        }
                    }
                }
                p { (papers.keys_text) }
            }
        }
    }

    fn notices(&self) -> Markup {
        let said = self.of.report.notices.iter().filter_map(|notice| match &notice.fact {
            Fact::Said { number, entry, time, words } => {
                Some((*number, *entry, time.0, self.words_of(words)))
            }
            _ => None,
        });
        let said: Vec<_> = said.collect();
        html! {
            @if !said.is_empty() {
                h2 { (self.papers.notices) }
                @for (number, entry, time, words) in said {
                    p {
                        (plain(&format!("{number} (#{entry})"))) ", " (self.hour(time)) ": "
                        (own(words))
                    }
                }
            }
        }
    }

    /// Those who have decrypted.
    fn decrypters(&self) -> Vec<u8> {
        let count = self.of.board.count(TallyKind::Vote);
        let mut all: Vec<u8> = count
            .iter()
            .flat_map(|count| count.partials())
            .map(veche_verify::CheckedPartial::trustee)
            .collect();
        all.sort_unstable();
        all
    }

    fn decryption(&self) -> Markup {
        let papers = self.papers;
        let trustees = self.of.manifest.trustees();
        let numbers = |numbers: &mut dyn Iterator<Item = u8>| {
            plain(&numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", "))
        };
        let agreed =
            self.of.board.count(TallyKind::Vote).map(|count| numbers(&mut count.consents().iter().copied()));
        let (threshold, count) = (trustees.threshold.to_string(), trustees.count.to_string());
        let quorum = trustees.quorum().to_string();
        let rule =
            fill(&papers.threshold, &[("threshold", &threshold), ("count", &count), ("quorum", &quorum)]);
        html! {
            section.together-on-a-page {
                h2 { (papers.decryption) }
                p { (rule) }
                (facts(&[
                    (&papers.agreed, agreed),
                    (&papers.decrypted, Some(numbers(&mut self.decrypters().into_iter()))),
                ]))
            }
        }
    }

    fn checking(&self) -> Markup {
        let (of, papers) = (self.of, self.papers);
        let passed = of.report.checks.iter().filter(|check| check.status == Status::Passed).count();
        let fingerprint = of.report.fingerprint.as_deref().unwrap_or_default();
        html! {
            section.together-on-a-page {
                h2 { (papers.checking) }
                h3 { (papers.fingerprint) }
                pre dir="ltr" { (fingerprint) }
                h3 { (papers.checkpoint) }
                pre dir="ltr" { (String::from_utf8_lossy(of.note)) }
                (facts(&[(&papers.checks, Some(self.count(passed as u64)))]))
                p { (papers.command) }
                pre dir="ltr" { "veche verify " em { "DIR|URL" } " --election " (fingerprint) }
            }
        }
    }

    fn signatures(&self) -> Markup {
        let papers = self.papers;
        // Whoever has agreed to the sums has acted in the count, also where others' parts came first.
        let agreed = self.of.board.count(TallyKind::Vote);
        let agreed = agreed.iter().flat_map(|count| count.consents().iter().copied());
        let acted: BTreeSet<u8> = agreed.chain(self.decrypters()).collect();
        let trustees = acted.into_iter().map(|number| {
            let n = number.to_string();
            match self.of.trustees.get(&number) {
                None => fill(&papers.trustee, &[("n", &n)]),
                Some(name) => {
                    let name = format!("\u{2068}{name}\u{2069}");
                    fill(&papers.trustee_named, &[("n", &n), ("name", &name)])
                }
            }
        });
        let functions = [papers.chair.clone(), papers.clerk.clone()].into_iter().chain(trustees);
        let functions = functions.chain([papers.observer.clone(), papers.observer.clone()]);
        html! {
            section.together-on-a-page {
                h2 { (papers.signatures) }
                h3 { (papers.remarks) }
                div.lines {}
                table.sign {
                    thead {
                        tr {
                            th { (papers.function) }
                            th.name { (papers.name) }
                            th.place { (papers.place_date) }
                            th.name { (papers.signature) }
                        }
                    }
                    tbody {
                        @for function in functions {
                            tr { td { (function) } td {} td {} td {} }
                        }
                    }
                }
            }
        }
    }
}
