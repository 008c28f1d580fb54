//! One contest of the protocol: the rules, the totals, who is funded and why.

use maud::{Markup, html};
use veche_record::Manifest;
use veche_record::manifest::{Contest, Funding, Greedy, Ties, Unaffordable};
use veche_record::rules::Rule;
use veche_verify::Verdict;

use super::draws::DrawNote;
use super::page::{facts, isolated, listed, own, plain};
use super::wording::PaperWords;
use crate::sheets::{district_names, named, unit};
use crate::standing::{OptionPlace, Standing};
use crate::words::{Words, fill};

/// What the page of a contest is written with.
pub(super) struct Contests<'a> {
    pub manifest: &'a Manifest,
    pub words: &'a Words,
    pub papers: &'a PaperWords,
    /// The language of the names.
    pub names: &'a str,
    /// Whether how totals decide is said of all contests together, and not of each.
    pub funding_together: bool,
    /// What the organiser has noted of draws.
    pub draws: &'a [DrawNote],
}

impl Contests<'_> {
    /// The section of a contest.
    pub fn section(&self, standing: &Standing<'_>) -> Markup {
        let (contest, words, papers) = (standing.contest, self.words, self.papers);
        let count = |number: u64| plain(&words.count(number));
        let money = standing.money.as_ref();
        let funded = money.map(|_| plain(&format!("{} / {}", standing.funded(), contest.options.len())));
        html! {
            section {
                h2 { (own(self.title(contest))) }
                (facts(&[
                    (&papers.rule, Some(html! { (self.rule(contest)) })),
                    (&papers.funding, (!self.funding_together).then(|| html! { (self.funding(contest)) })),
                    (&words.ballots, Some(count(standing.ballots))),
                    (&words.blank, standing.blank.filter(|_| !standing.is_withheld()).map(count)),
                    (&words.budget, contest.budget.map(|budget| self.money(contest, budget))),
                    (&words.spent, money.map(|money| self.money(contest, money.spent))),
                    (&words.left, money.map(|money| self.money(contest, money.budget.saturating_sub(money.spent)))),
                    (&words.projects_funded, funded),
                ]))
                @if standing.is_withheld() {
                    p.mark { (self.withheld()) }
                } @else {
                    (self.winners(standing))
                    (self.table(standing))
                    @for draw in &standing.draws {
                        p { (self.draw(&papers.draw_done, contest, draw.iter().map(|one| usize::from(*one)))) }
                        (self.minutes(DrawNote::of(self.draws, contest, draw)))
                    }
                    @let open = standing.to_be_drawn();
                    @if !open.is_empty() {
                        p.mark { (self.draw(&papers.draw_open, contest, open.iter().map(|place| place.option))) }
                    }
                }
                (self.districts(standing))
            }
        }
    }

    /// That a small list has no result, and who decides what follows.
    fn withheld(&self) -> String {
        let minimum = self.words.count(self.manifest.document().minimum_group.into());
        fill(&self.papers.withheld, &[("minimum", &minimum)])
    }

    pub fn title<'c>(&self, contest: &'c Contest) -> &'c str {
        contest.title.get(self.names).unwrap_or(&contest.id)
    }

    fn option(&self, contest: &Contest, at: usize) -> String {
        contest.options.get(at).map(|option| named(option, self.names)).unwrap_or_default()
    }

    fn amount(&self, contest: &Contest, amount: u64) -> String {
        match &contest.currency {
            Some(currency) => format!("{}\u{a0}{currency}", self.words.count(amount)),
            None => self.words.count(amount),
        }
    }

    pub fn money(&self, contest: &Contest, amount: u64) -> Markup {
        plain(&self.amount(contest, amount))
    }

    fn draw(&self, sentence: &str, contest: &Contest, options: impl Iterator<Item = usize>) -> String {
        fill(sentence, &[("options", &listed(options.map(|option| self.option(contest, option))))])
    }

    /// When a draw was held and who was there, as far as that is noted, and a line to write by hand what is not.
    fn minutes(&self, note: Option<&DrawNote>) -> Markup {
        let papers = self.papers;
        let held = note.and_then(|note| note.held.clone());
        let present = note.and_then(|note| note.present.clone());
        let (noted, whole) = (held.is_some() || present.is_some(), held.is_some() && present.is_some());
        html! {
            @if let Some(held) = held {
                p { (fill(&papers.draw_held, &[("when", &listed(std::iter::once(held)))])) }
            }
            @if let Some(present) = present {
                p { (fill(&papers.draw_present, &[("who", &listed(std::iter::once(present)))])) }
            }
            @if noted { p { (papers.draw_noted) } }
            @if !whole {
                p { (papers.draw_minutes) }
                div.line {}
            }
        }
    }

    /// What a ballot could say.
    fn rule(&self, contest: &Contest) -> String {
        let (mut text, blank) = self.choice(contest);
        if blank {
            text.push(' ');
            text.push_str(&self.papers.rule_blank);
        }
        text
    }

    /// What a ballot can choose, and whether it can be blank.
    pub fn choice(&self, contest: &Contest) -> (String, bool) {
        let papers = self.papers;
        let range = |min: u32, max: u32| {
            isolated(&if min == max { max.to_string() } else { format!("{min}–{max}") })
        };
        let all = u32::try_from(contest.options.len()).unwrap_or(u32::MAX);
        match &contest.rule {
            Rule::Approval(rule) => {
                (fill(&papers.rule_approval, &[("range", &range(rule.min, rule.max.min(all)))]), rule.blank)
            }
            Rule::Cumulative(rule) => {
                let each = rule.max_per_option.to_string();
                let places = [("range", range(rule.min_points, rule.points)), ("each", each)];
                (
                    fill(
                        &papers.rule_cumulative,
                        &places.each_ref().map(|(name, text)| (*name, text.as_str())),
                    ),
                    rule.blank,
                )
            }
            Rule::Ranked(rule) => {
                let scores: Vec<String> = rule.scores.iter().map(u32::to_string).collect();
                let (range, scores) = (range(rule.min, rule.places), isolated(&scores.join(", ")));
                (fill(&papers.rule_ranked, &[("range", &range), ("scores", &scores)]), rule.blank)
            }
            Rule::Knapsack(rule) => {
                let budget = isolated(&self.amount(contest, rule.budget));
                let range = range(rule.min, rule.max.unwrap_or(all).min(all));
                (fill(&papers.rule_knapsack, &[("range", &range), ("budget", &budget)]), rule.blank)
            }
            Rule::Quadratic(rule) => (
                fill(&papers.rule_quadratic, &[("range", &range(rule.min_credits, rule.credits))]),
                rule.blank,
            ),
        }
    }

    /// How the totals decide who is funded.
    pub fn funding(&self, contest: &Contest) -> String {
        let papers = self.papers;
        let Funding::Greedy(greedy) = &contest.funding else {
            return papers.fund_none.clone();
        };
        let Greedy { unaffordable, minimum_votes, ties, exclusive } = greedy;
        let short = match unaffordable {
            Unaffordable::Skip => &papers.fund_skip,
            Unaffordable::Stop => &papers.fund_stop,
        };
        let ties = match ties {
            Ties::Cheaper => &papers.ties_cheaper,
            Ties::Order => &papers.ties_order,
            Ties::Lot => &papers.ties_lot,
        };
        let minimum = fill(&papers.fund_minimum, &[("minimum", &self.words.count(*minimum_votes))]);
        let position = |id: &String| contest.options.iter().position(|option| option.id == *id);
        let mut sentences = vec![papers.fund_order.clone(), short.clone()];
        sentences.extend((*minimum_votes > 0).then_some(minimum));
        sentences.push(ties.clone());
        let excluded = exclusive.iter();
        sentences.extend(
            excluded.map(|list| self.draw(&papers.exclusive, contest, list.iter().filter_map(position))),
        );
        sentences.join(" ")
    }

    fn winners(&self, standing: &Standing<'_>) -> Markup {
        let contest = standing.contest;
        if standing.money.is_none() {
            return html! {};
        }
        let funded: Vec<_> =
            standing.places.iter().filter(|place| place.verdict == Some(Verdict::Funded)).collect();
        html! {
            h3 { (self.papers.winners) }
            @if funded.is_empty() {
                p { (self.papers.winners_none) }
            } @else {
                ul {
                    @for place in funded {
                        li {
                            (own(&self.option(contest, place.option)))
                            @if let Some(cost) = place.cost { ": " (self.money(contest, cost)) }
                        }
                    }
                }
            }
        }
    }

    fn table(&self, standing: &Standing<'_>) -> Markup {
        let (contest, words) = (standing.contest, self.words);
        let costs = standing.places.iter().any(|place| place.cost.is_some());
        html! {
            table {
                thead {
                    tr {
                        th.n { (words.place) }
                        th { (words.number) }
                        th { (words.project) }
                        th.n { (unit(contest, words)) }
                        @if costs { th.n { (words.cost) } }
                        @if standing.money.is_some() { th.outcome { (words.outcome) } }
                    }
                }
                tbody {
                    @for (place, position) in standing.places.iter().zip(1_u64..) {
                        (self.row(standing, place, position, costs))
                    }
                }
            }
        }
    }

    fn row(&self, standing: &Standing<'_>, place: &OptionPlace, position: u64, costs: bool) -> Markup {
        let (contest, words) = (standing.contest, self.words);
        let option = contest.options.get(place.option);
        let number = option.map_or("", |option| option.number.as_deref().unwrap_or(&option.id));
        let name = option.and_then(|option| option.name.get(self.names)).unwrap_or_default();
        let why = words.why(standing, place, |at| format!("\u{2068}{}\u{2069}", self.option(contest, at)));
        html! {
            tr.funded[place.verdict == Some(Verdict::Funded)] {
                td.n { (plain(&words.count(position))) }
                td { (own(number)) }
                td { (own(name)) }
                td.n { (plain(&words.count(place.total))) }
                @if costs { td.n { @if let Some(cost) = place.cost { (self.money(contest, cost)) } } }
                @if standing.money.is_some() {
                    td { (words.outcome(place)) @if !why.is_empty() { span.why { (why) } } }
                }
            }
        }
    }

    /// The totals of each group of districts, where they are published so.
    fn districts(&self, standing: &Standing<'_>) -> Markup {
        let (contest, words) = (standing.contest, self.words);
        let groups: Vec<_> = standing.groups.iter().filter(|group| group.styles.is_some()).collect();
        if groups.is_empty() {
            return html! {};
        }
        html! {
            h3 { (self.papers.by_district) }
            table {
                thead {
                    tr { th { (words.district) } th { (words.project) } th.n { (unit(contest, words)) } }
                }
                @for group in groups {
                    tbody {
                        tr.together {
                            td { (own(&district_names(self.manifest, group, words, self.names))) }
                            td { (words.ballots) }
                            td.n { (plain(&words.count(group.ballots.into()))) }
                        }
                        @if group.withheld {
                            tr { td {} td { (words.withheld) } td {} }
                        }
                        @for (position, option) in group.options.iter().enumerate() {
                            tr {
                                td {}
                                td { (own(&self.option(contest, position))) }
                                td.n { (plain(&words.count(option.total))) }
                            }
                        }
                        @if let Some(blank) = group.blank {
                            tr { td {} td { (words.blank) } td.n { (plain(&words.count(blank))) } }
                        }
                    }
                }
            }
        }
    }
}
