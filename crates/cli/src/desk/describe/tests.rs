//! The vote described and frozen over the desk's routes, with the files that a clerk has.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::super::tests::{Open, PASSPHRASE, from_page, kind, open};

const VOTE: &str = "setting;value\nlanguages;pl\ntytuł;Budżet Mirogrodu\nopens;2099-06-01 08:00\ncloses;2099-06-14 20:00\n\
                    time zone;Europe/Warsaw\nmost projects;2\nfunding;skip\nties;lot\ncurrency;PLN\nabout;Wybierz.\n";
const DISTRICTS: &str = "code;name;electorate;budget\nA;Zarzecze;1200;50000\nB;Rynek;900;40000\n";
const PROJECTS: &str =
    "number;name;district;cost\n1;Park;A;15.000\n2;Plac;A;20 000\n3;Kino;B;8 000\n4;Zegar;B;9 000\n";

async fn hand(open: &Open, session: &str, name: &str, text: &str, beside: bool) -> (StatusCode, Value) {
    let mut request = from_page("POST", "describe/file", session, json!({}));
    let address = format!("/desk/v1/describe/file?name={name}&language=pl&beside={beside}");
    *request.uri_mut() = address.parse().unwrap();
    request.headers_mut().insert("content-type", "application/octet-stream".parse().unwrap());
    *request.body_mut() = Body::from(text.to_owned());
    open.ask(request).await
}

async fn hand_all(open: &Open, session: &str, projects: &str) -> Value {
    hand(open, session, "vote.csv", VOTE, false).await;
    hand(open, session, "districts.csv", DISTRICTS, true).await;
    let (status, view) = hand(open, session, "projects.csv", projects, true).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

fn found(view: &Value, severity: &str) -> Vec<String> {
    let all = view["report"]["findings"].as_array().unwrap().iter();
    let of = all.filter(|found| found["severity"] == severity);
    of.map(|found| {
        format!("{} {}", found["place"].as_str().unwrap_or_default(), found["code"].as_str().unwrap())
    })
    .collect()
}

#[tokio::test]
async fn where_the_description_names_the_town_its_name_is_typed_and_not_the_title() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
    hand_all(&open, &session, &PROJECTS.replace("15.000", "15 000")).await;
    let named = format!("{VOTE}town;Mirogród\n");
    let (status, view) = hand(&open, &session, "vote.csv", &named, true).await;
    assert_eq!((status, found(&view, "error")), (StatusCode::OK, vec![]), "{view}");
    assert_eq!(view["town"], json!({ "pl": "Mirogród" }), "{view}");
    open.post("describe/confirm", &session, json!({ "language": "pl" })).await;
    let title = json!({ "name": "Budżet Mirogrodu", "language": "pl" });
    let (status, answer) = open.post("freeze", &session, title).await;
    assert_eq!(
        (status, kind(&answer)),
        (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-town"),
        "{answer}"
    );
    assert!(!folder.join("founding").exists());
    let town = json!({ "name": " MIROGRÓD ", "language": "pl" });
    let (status, answer) = open.post("freeze", &session, town).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(folder.join("founding/manifest.json").is_file());
}

#[tokio::test]
async fn a_spreadsheet_is_handed_in_corrected_answered_and_frozen() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let (status, _) = open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(status, StatusCode::OK);

    // A wrong file is named for what it is, and changes nothing.
    let (status, answer) = hand(&open, &session, "a.pdf", "%PDF-1.7 and more", false).await;
    assert_eq!((status, kind(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-file"));
    assert!(answer["detail"].as_str().unwrap().starts_with("a.pdf: to PDF"), "{answer}");

    let faulty = PROJECTS.replace("8 000", "osiem").replace(";B;9", ";X;9");
    let view = hand_all(&open, &session, &faulty).await;
    assert_eq!(
        found(&view, "error"),
        ["projects!D4 amount.not_a_number", "projects!C5 problem.unknown_district"]
    );
    assert_eq!(found(&view, "question"), ["projects!D2 question.amount"]);
    assert_eq!(view["report"]["findings"][0]["cell"], "osiem");
    assert!(!folder.join("manifest.json").exists());
    let title = json!({ "name": "Budżet Mirogrodu", "language": "pl" });
    let (_, answer) = open.post("freeze", &session, title.clone()).await;
    assert_eq!(kind(&answer), "urn:veche:desk-unconfirmed");

    let answered = json!({ "place": "projects!D", "answer": "thousands", "language": "pl" });
    let (status, view) = open.post("describe/answer", &session, answered).await;
    assert_eq!((status, found(&view, "question")), (StatusCode::OK, vec![]), "{view}");
    let known = &view["report"]["answered"][0];
    assert_eq!((&known["place"], &known["row"]), (&json!("projects!D"), &json!(null)), "{view}");
    assert_eq!((&known["cell"], &known["answer"]), (&json!("15.000"), &json!("z tysiącami")), "{view}");
    // Taken back it is asked again.
    let back = json!({ "place": "projects!D", "answer": null, "language": "pl" });
    let (_, view) = open.post("describe/answer", &session, back).await;
    assert_eq!((found(&view, "question").len(), &view["report"]["answered"]), (1, &json!([])), "{view}");
    let answered = json!({ "place": "projects!D", "answer": "thousands", "language": "pl" });
    open.post("describe/answer", &session, answered).await;
    // The corrected files: the answer stays.
    let view = hand_all(&open, &session, PROJECTS).await;
    assert_eq!((found(&view, "error"), found(&view, "question")), (vec![], vec![]), "{view}");
    assert_eq!(
        (&view["summary"]["projects"], &view["summary"]["lists"][0]["cost"]),
        (&json!(4), &json!(35_000))
    );
    assert!(view["command"].as_str().unwrap().contains("--answer 'projects!D=thousands'"), "{view}");
    let rules = &view["rules"][0];
    assert_eq!(rules["lists"], json!(["A", "B"]), "both lists have the same rules: {view}");
    assert!(rules["funding"].as_str().unwrap().contains("rozstrzyga losowanie"), "{rules}");
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
    assert!(folder.join("sources/projects.csv").is_file());

    let (_, answer) = open.post("freeze", &session, title.clone()).await;
    assert_eq!(kind(&answer), "urn:veche:desk-unconfirmed");
    open.post("describe/confirm", &session, json!({ "language": "pl" })).await;
    let other = json!({ "name": "Budżet Nigdziegrodu", "language": "pl" });
    let (_, answer) = open.post("freeze", &session, other).await;
    assert_eq!(kind(&answer), "urn:veche:desk-title");
    let typed = json!({ "name": "  budżet   MIROGRODU ", "language": "pl" });
    let (status, answer) = open.post("freeze", &session, typed).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(std::fs::read(folder.join("founding/manifest.json")).unwrap(), manifest);
    let key = std::fs::read_to_string(folder.join("founding/organiser-key.txt")).unwrap();
    assert_eq!(Some(key.trim().to_owned()), open.desk.folder.notes().public_key);
    let readme = std::fs::read_to_string(folder.join("founding/README.txt")).unwrap();
    let init = format!("--manifest manifest.json --origin vote.example/2027 --organiser-key {}", key.trim());
    assert!(readme.starts_with("Budżet Mirogrodu\n") && readme.contains(&init), "{readme}");
    for command in [
        "\n  veche-server serve --data box --sms command:/usr/local/bin/send-sms --behind-proxy --site site\n",
        "\n  veche-server desk-pass give --data box --operator NAME --for roll\n",
    ] {
        assert!(readme.contains(command), "{readme}");
    }

    // From now on it is read, and changed no more.
    let (status, answer) = hand(&open, &session, "vote.csv", VOTE, false).await;
    assert_eq!((status, kind(&answer)), (StatusCode::CONFLICT, "urn:veche:desk-frozen"));
    let (_, answer) = open.post("freeze", &session, title).await;
    assert_eq!(kind(&answer), "urn:veche:desk-frozen");
    let (_, answer) = open.post("freeze/anew", &session, json!({ "folder": "../next" })).await;
    assert_eq!(kind(&answer), "urn:veche:desk-folder-name");
    let (status, answer) = open.post("freeze/anew", &session, json!({ "folder": "next" })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let next = scratch.path().join("next");
    assert_eq!(std::fs::read(next.join("manifest.json")).unwrap(), manifest);
    assert!(next.join("sources/vote.csv").is_file() && !next.join("organiser-key.age").exists());
}

#[tokio::test]
async fn a_manifest_of_somebody_else_is_not_written_over() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    std::fs::write(folder.join("manifest.json"), "mine").unwrap();
    let (status, answer) = hand(&open, &session, "vote.csv", VOTE, false).await;
    assert_eq!(
        (status, kind(&answer)),
        (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-changed"),
        "{answer}"
    );
    assert_eq!(std::fs::read(folder.join("manifest.json")).unwrap(), b"mine");
}

#[tokio::test]
async fn the_template_is_given_in_the_language_of_the_page() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let request: Request<Body> = from_page("GET", "describe/template?language=de", &session, json!({}));
    let (status, _) = open.ask(request).await;
    assert_eq!(status, StatusCode::OK);
}

const DECIDIM: &str = "id;participatory_space/id;budget/id;title/pl;budget_amount\n\
                       7;1;3;Park;15000\n8;1;3;Plac;20 tys\n";

#[tokio::test]
async fn an_export_is_read_told_what_it_lacks_and_becomes_a_manifest() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    // What is wrong with it is said in the page's language, at its place.
    let (status, view) = hand(&open, &session, "projekty.csv", DECIDIM, false).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(found(&view, "error"), ["projekty!E3 import.amount"]);
    let finding = &view["report"]["findings"][0];
    assert_eq!(
        (&finding["cell"], &finding["row"], &finding["column"]),
        (&json!("20 tys"), &json!(3), &json!("E"))
    );
    assert!(finding["sentence"].as_str().unwrap().starts_with("to nie jest kwota"), "{finding}");
    let mended = DECIDIM.replace("20 tys", "20000");
    let (_, view) = hand(&open, &session, "projekty.csv", &mended, false).await;
    assert_eq!(view["import"]["from"], "decidim");
    assert_eq!(view["import"]["needed"], json!(["title", "electorate", "opens", "closes", "pick"]));
    assert_eq!((found(&view, "error"), &view["summary"]), (vec![], &Value::Null));
    // A spreadsheet is no part of it.
    let (status, answer) = hand(&open, &session, "vote.csv", VOTE, true).await;
    assert_eq!((status, kind(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-file"));
    assert!(answer["detail"].as_str().unwrap().contains("pochodzi skądinąd"), "{answer}");

    let mut said = json!({ "title": "Budżet", "electorate": 500, "pick": 1, "opens": "2099-03-29T02:30",
        "closes": "2099-04-10T20:00", "time_zone": "Europe/Warsaw", "currency": "zł" });
    let say = async |said: &Value| {
        let form = json!({ "said": said, "language": "pl" });
        open.post("describe/said", &session, form).await
    };
    // That hour the town's clock does not have.
    let (status, view) = say(&said).await;
    assert_eq!((status, &view["import"]["needed"]), (StatusCode::OK, &json!(["opens"])), "{view}");
    assert!(!folder.join("manifest.json").exists());
    said["opens"] = json!("2099-04-01T08:00");
    let (_, view) = say(&said).await;
    assert_eq!((&view["import"]["needed"], &view["summary"]["projects"]), (&json!([]), &json!(2)), "{view}");
    assert_eq!(
        found(&view, "warning"),
        [" import.note.no_funding", " import.note.trustees"].map(str::to_owned)
    );
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(
        (&manifest["opens"], &manifest["title"]["pl"]),
        (&json!("2099-04-01T06:00:00Z"), &json!("Budżet"))
    );
    let command = view["command"].as_str().unwrap();
    assert!(
        command.starts_with("veche import --title 'Budżet'") && command.contains("--pick 1"),
        "{command}"
    );
    assert_eq!(view["confirmed"], true, "nobody is asked about columns of a program");
}

#[tokio::test]
async fn an_export_of_consul_is_read_told_what_it_lacks_and_becomes_a_manifest() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let export = include_str!("../../../../../tests/samples/exports/consul.csv");
    // What Consul writes of a price, and somebody has changed.
    let faulty = export.replace("9.500 €", "mucho");
    assert_ne!(faulty, export, "the sample has this price");
    let (status, view) = hand(&open, &session, "proyectos.csv", &faulty, false).await;
    assert_eq!((status, &view["import"]["from"]), (StatusCode::OK, &json!("consul")), "{view}");
    // Which language its titles are in Consul does not write.
    assert_eq!(view["import"]["needed"], json!(["language"]), "{view}");
    let spanish = json!({ "said": { "language": "es" }, "language": "pl" });
    let (_, view) = open.post("describe/said", &session, spanish).await;
    assert_eq!(found(&view, "error"), ["proyectos!H3 import.price"], "{view}");
    let sentence = view["report"]["findings"][0]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("projekt jest wybrany"), "{sentence}");

    let (_, view) = hand(&open, &session, "proyectos.csv", export, false).await;
    assert_eq!((found(&view, "error"), &view["summary"]), (vec![], &Value::Null), "{view}");
    for name in ["title", "electorate", "opens", "closes"] {
        assert!(view["import"]["needed"].as_array().unwrap().contains(&json!(name)), "{name}: {view}");
    }
    let said = json!({ "title": "Mirogród 2027", "language": "es", "electorate": 5000, "budget": 50_000,
        "currency": "€", "opens": "2099-05-01T08:00", "closes": "2099-05-14T20:00", "time_zone": "Europe/Madrid" });
    let form = json!({ "said": said.clone(), "language": "pl" });
    let (_, view) = open.post("describe/said", &session, form).await;
    assert_eq!((&view["import"]["needed"], found(&view, "error")), (&json!([]), vec![]), "{view}");
    assert!(found(&view, "warning").contains(&" import.note.not_selected".to_owned()), "{view}");
    assert_eq!(view["summary"]["lists"].as_array().unwrap().len(), 2, "{view}");
    assert_eq!(view["rules"].as_array().unwrap().len(), 2, "one list has one project: {view}");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(
        (&manifest["contests"][0]["title"]["es"], &manifest["opens"]),
        (&json!("Toda la ciudad"), &json!("2099-05-01T06:00:00Z"))
    );
    assert!(view["command"].as_str().unwrap().starts_with("veche import --title"), "{view}");
    assert_eq!(view["small"], json!([]), "{view}");
    // Of what no spreadsheet describes the manifest says which districts are small.
    let mut few = json!({ "said": said, "language": "pl" });
    few["said"]["electorate"] = json!(50);
    let (_, view) = open.post("describe/said", &session, few).await;
    let sentence = view["small"][0]["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains("kart będzie około 5, mniej niż"), "{view}");
}

/// What a clerk reads where an importer refuses, in the page's language and not as the program says it in English.
#[tokio::test]
async fn what_an_importer_refuses_is_said_in_the_language_of_the_page() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let (_, view) = hand(&open, &session, "proyectos.csv", DECIDIM, false).await;
    assert_eq!(view["import"]["from"], "decidim");
    let mended = DECIDIM.replace("20 tys", "20000");
    hand(&open, &session, "projekty.csv", &mended, false).await;
    let said = json!({ "title": "Budżet", "electorate": 500, "pick": 1, "opens": "2099-04-10T08:00",
        "closes": "2099-04-01T20:00", "time_zone": "Europe/Warsaw" });
    let (_, view) = open.post("describe/said", &session, json!({ "said": said, "language": "pl" })).await;
    let finding = &view["report"]["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["sentence"]),
        (
            &json!("manifest.hours"),
            &json!("głosowanie kończy się, zanim się zacznie; początek musi być wcześniej")
        ),
        "{view}"
    );
}

#[tokio::test]
async fn a_file_of_pabulib_is_read_and_its_mistakes_are_said_by_their_lines() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let file = "META\nkey;value\nvote_type;approval\nmax_length_per_category;1\nlanguage;polish\n\
                PROJECTS\nproject_id;cost\na;10\nb;20\nVOTES\nvoter_id;vote\n1;a\n";
    let (status, view) = hand(&open, &session, "miasto.pb", file, false).await;
    assert_eq!((status, found(&view, "error")), (StatusCode::OK, vec![" import.limit".to_owned()]), "{view}");
    let finding = &view["report"]["findings"][0];
    assert_eq!((&finding["sheet"], &finding["row"]), (&json!("miasto.pb"), &json!(4)));
    let (_, view) =
        hand(&open, &session, "miasto.pb", &file.replace("max_length_per_category;1\n", ""), false).await;
    assert_eq!(view["import"]["needed"], json!(["opens", "closes"]), "{view}");
    // One in an encoding of Windows is none that is read, and it says which.
    let mut request = from_page("POST", "describe/file", &session, json!({}));
    *request.uri_mut() = "/desk/v1/describe/file?name=a.pb&language=de&beside=false".parse().unwrap();
    *request.body_mut() = Body::from([file.as_bytes(), b"2;\xb9\xe6\xea\xb3\xf1\xf3\x9c\x9f\xbf\n"].concat());
    let (_, view) = open.ask(request).await;
    assert_eq!(found(&view, "error"), [" import.encoded"], "{view}");
    let sentence = view["report"]["findings"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("CP125") && sentence.starts_with("die Buchstaben"), "{sentence}");
}

const CONSUL: &str = include_str!("../../../../../tests/samples/exports/consul.csv");

#[tokio::test]
async fn money_is_asked_for_list_by_list_and_never_guessed() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let (_, view) = hand(&open, &session, "proyectos.csv", CONSUL, false).await;
    assert_eq!(view["import"]["lists"], json!([]), "a file whose language nobody has said is not read yet");
    let mut said = json!({ "title": "Mirogród 2027", "language": "es", "electorate": 5000, "currency": "€",
        "opens": "2099-05-01T08:00", "closes": "2099-05-14T20:00", "time_zone": "Europe/Madrid" });
    let say = async |said: &Value| {
        let form = json!({ "said": said, "language": "pl" });
        let (status, view) = open.post("describe/said", &session, form).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    };
    let view = say(&said).await;
    let lists =
        json!([{ "id": "Toda la ciudad", "name": "Toda la ciudad" }, { "id": "Norte", "name": "Norte" }]);
    assert_eq!((&view["import"]["lists"], &view["import"]["needed"]), (&lists, &json!(["pick"])), "{view}");

    // One could be two amounts, one is none, and one is of a list that this file does not have.
    said["budgets"] = json!({ "Toda la ciudad": "50.000", "Norte": "mucho", "Sur": "7000" });
    let view = say(&said).await;
    assert_eq!(found(&view, "question"), ["money!Toda la ciudad import.money_which"], "{view}");
    assert_eq!(found(&view, "error"), ["money!Norte import.money"], "{view}");
    assert_eq!(view["import"]["needed"], json!([]), "{view}");
    let findings = view["report"]["findings"].as_array().unwrap();
    let question = findings.iter().find(|finding| finding["severity"] == "question").unwrap();
    let answers: Vec<&Value> =
        question["choices"].as_array().unwrap().iter().map(|choice| &choice["answer"]).collect();
    assert_eq!(answers, [&json!("50000"), &json!("50")]);
    assert_eq!(question["sentence"], "budżet listy Toda la ciudad: jaka to kwota?");
    assert!(!folder.join("manifest.json").exists());

    said["budgets"]["Norte"] = json!("20 000 €");
    let view = say(&said).await;
    assert_eq!((found(&view, "error"), found(&view, "question").len()), (vec![], 1), "{view}");
    assert!(!folder.join("manifest.json").exists(), "nothing is written while an amount could be two");
    let answered = json!({ "place": "money!Toda la ciudad", "answer": "50000", "language": "pl" });
    let (status, view) = open.post("describe/answer", &session, answered).await;
    assert_eq!((status, found(&view, "question")), (StatusCode::OK, vec![]), "{view}");
    let budgets: Vec<&Value> =
        view["import"]["lists"].as_array().unwrap().iter().map(|list| &list["budget"]).collect();
    assert_eq!(budgets, [&json!(50_000), &json!(20_000)]);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let budget = |list: usize| &manifest["contests"][list]["budget"];
    assert_eq!((budget(0), budget(1)), (&json!(50_000), &json!(20_000)));
    let command = view["command"].as_str().unwrap();
    let money = "--budget 'Toda la ciudad=50000' --budget Norte=20000 ";
    assert!(command.contains(money) && !command.contains("Sur"), "{command}");
    // What was answered is shown, and asked again with what was typed when it is taken back.
    let answered = json!([{ "place": "money!Toda la ciudad", "sheet": null, "row": null, "column": null,
        "cell": "50.000", "sentence": "budżet listy Toda la ciudad: jaka to kwota?", "answer": "50000",
        "means": "z tysiącami" }]);
    assert_eq!(view["report"]["answered"], answered, "{view}");
    // The page says again what it was told, and with it that this was an answer.
    let view = say(&view["import"]["said"]).await;
    assert_eq!(view["report"]["answered"], answered, "{view}");
    let back = json!({ "place": "money!Toda la ciudad", "answer": null, "language": "pl" });
    let (_, view) = open.post("describe/answer", &session, back).await;
    assert_eq!(found(&view, "question"), ["money!Toda la ciudad import.money_which"], "{view}");
    assert_eq!(view["report"]["answered"], json!([]), "{view}");
    assert_eq!(view["import"]["said"]["budgets"]["Toda la ciudad"], "50.000", "{view}");
    // What is not asked is not answered.
    let elsewhere = json!({ "place": "projects!D2", "answer": "1", "language": "pl" });
    let (_, answer) = open.post("describe/answer", &session, elsewhere).await;
    assert_eq!(kind(&answer), "urn:veche:desk-malformed");
}

const MONEY: &str = "META\nkey;value\nvote_type;approval\nbudget;100\nrule;greedy\nlanguage;polish\n\
                     date_begin;01.06.2099\ndate_end;14.06.2099\n\
                     PROJECTS\nproject_id;public_id;cost\na;12;10\nb;26;20\nc;a;30\nVOTES\nvoter_id;vote\n1;a\n";

#[tokio::test]
async fn projects_of_which_one_wins_are_named_by_number_or_id_and_an_unknown_name_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let say = async |exclusive: &str, no_funding: bool| {
        let said = json!({ "exclusive": exclusive, "no_funding": no_funding });
        let form = json!({ "said": said, "language": "pl" });
        let (status, view) = open.post("describe/said", &session, form).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    };
    let (_, view) = hand(&open, &session, "miasto.pb", MONEY, false).await;
    assert_eq!(
        view["import"]["lists"],
        json!([{ "id": "miasto", "name": "miasto", "budget": 100 }]),
        "{view}"
    );
    for (typed, code, cell) in [
        ("12, 27", "import.exclusive_unknown", "27"),
        ("12, 26\nb; x", "import.exclusive_unknown", "x"),
        // The id of one project, and the number of another.
        ("a, b", "import.exclusive_unclear", "a"),
        ("26, b", "import.exclusive_twice", "b"),
        ("12", "import.exclusive_alone", "a"),
    ] {
        let view = say(typed, false).await;
        assert_eq!(found(&view, "error"), [format!(" {code}")], "{typed}: {view}");
        assert_eq!(view["report"]["findings"][0]["cell"], cell, "{typed}");
        assert!(!folder.join("manifest.json").exists(), "{typed}");
    }
    let view = say("12, 27", false).await;
    let sentence = view["report"]["findings"][0]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("żaden projekt z tego pliku nie ma numeru ani oznaczenia 27"), "{sentence}");

    let view = say("\n12,  b\n", false).await;
    assert_eq!(found(&view, "error"), Vec::<String>::new(), "{view}");
    let manifest = || -> Value {
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
    };
    assert_eq!(manifest()["contests"][0]["funding"]["exclusive"], json!([["a", "b"]]));
    assert!(view["command"].as_str().unwrap().contains("--exclusive 'a,b' "), "{view}");

    // Without money nothing is kept from anybody: that is said, and not passed over.
    let view = say("12, b", true).await;
    assert_eq!(found(&view, "error"), [" import.exclusive_unfunded"], "{view}");
    hand(&open, &session, "miasto.pb", &MONEY.replace("rule;greedy\n", ""), false).await;
    let view = say("12, b", false).await;
    assert_eq!(found(&view, "error"), [" import.exclusive_unfunded"], "{view}");
    assert!(!folder.join("manifest.json").exists());
}

#[tokio::test]
async fn who_opens_the_count_is_said_where_nobody_decided_it() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let (_, view) = hand(&open, &session, "miasto.pb", MONEY, false).await;
    assert!(found(&view, "warning").contains(&" import.note.trustees".to_owned()), "{view}");
    assert_eq!(
        (&view["import"]["said"]["trustees"], &view["import"]["said"]["threshold"]),
        (&json!(5), &json!(3))
    );
    let findings = view["report"]["findings"].as_array().unwrap();
    let note = findings.iter().find(|finding| finding["code"] == "import.note.trustees").unwrap();
    let sentence = note["sentence"].as_str().unwrap();
    assert!(sentence.contains("Przyjęto: 5. W liczeniu musi wziąć udział: 4. Mniej niż 3"), "{sentence}");

    let say = async |trustees: u32, threshold: u32| {
        let said = json!({ "trustees": trustees, "threshold": threshold });
        open.post("describe/said", &session, json!({ "said": said, "language": "pl" })).await.1
    };
    let view = say(7, 4).await;
    assert!(!found(&view, "warning").contains(&" import.note.trustees".to_owned()), "{view}");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["trustees"], json!({ "count": 7, "threshold": 4 }));
    assert!(view["command"].as_str().unwrap().contains("--trustees 7 --threshold 4"), "{view}");
    // The manifest's own limits.
    for (trustees, threshold) in [(3, 4), (16, 2), (300, 2)] {
        let view = say(trustees, threshold).await;
        assert_eq!(found(&view, "error"), [" import.trustees"], "{trustees}, {threshold}: {view}");
    }
}

#[tokio::test]
async fn an_import_is_warned_of_hours_that_are_over_and_of_a_threshold_that_nobody_reaches() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let warned = |view: &Value| {
        let findings = view["report"]["findings"].as_array().unwrap();
        let said = findings.iter().filter(|found| {
            let code = found["code"].as_str().unwrap();
            code.ends_with("_past") || code.ends_with("note.threshold")
        });
        said.map(|found| found["sentence"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (_, view) = hand(&open, &session, "miasto.pb", MONEY, false).await;
    assert_eq!(warned(&view), [""; 0], "{view}");
    let old =
        MONEY.replace("2099", "2019").replace("budget;100", "budget;100\nmin_project_score_threshold;2");
    let (_, view) = hand(&open, &session, "miasto.pb", &old, false).await;
    assert_eq!(
        warned(&view),
        [
            "projekt potrzebuje tu głosów lub punktów: 2, a wszyscy uprawnieni razem mogą mu dać najwyżej 1: nic nie może wygrać",
            "głosowanie otworzyłoby się 1 czerwca 2019, 00:00: ten czas już minął",
            "głosowanie zamknęłoby się 14 czerwca 2019, 23:59:59: ten czas już minął",
        ],
        "{view}"
    );
    assert!(view["summary"].is_object(), "nothing of it stands in the way");
}
