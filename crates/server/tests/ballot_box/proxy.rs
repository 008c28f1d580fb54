//! ATTACKS.md row 62: forged and unreadable forwarding headers.

use reqwest::StatusCode;
use serde_json::json;
use veche_server::Config;

use crate::support::{Answer, Running, manifest};

/// A server behind a proxy that lets an address begin two sign-ins.
async fn behind(change: impl FnOnce(&mut Config)) -> Running {
    Running::start(&manifest("open"), "", |config| {
        config.behind_proxy = true;
        config.limits.sign_ins_an_address_an_hour = 2;
        change(config);
    })
    .await
}

/// Begins a sign-in of a number of its own, with these lines of `X-Forwarded-For`.
async fn ask(running: &Running, number: usize, lines: &[&str]) -> Answer {
    let request = running.post("/v1/sign-in").json(&json!({"phone": format!("+4842{number:07}")}));
    let request = lines.iter().fold(request, |request, line| request.header("x-forwarded-for", *line));
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn attack_62_an_unreadable_address_is_refused_and_blames_the_proxy() {
    let running = behind(|_| {}).await;
    let forms = [
        "unknown",
        "_hidden",
        "",
        "203.0.113.9,",
        "127.0.0.1",
        "::1",
        "[::ffff:127.0.0.1]:80",
        "0.0.0.0",
        "for=203.0.113.9",
    ];
    for (number, form) in forms.iter().enumerate() {
        let refused = ask(&running, number, &[form]).await.problem(400, "proxy-wrong");
        assert!(refused.text("detail").contains("not yours"), "{form}");
    }
    assert_eq!(running.sms.total(), 0, "nothing was done for them");
    assert_eq!(running.is_well("proxy").await, Some(false));
    ask(&running, 20, &["203.0.113.9"]).await.expect(StatusCode::OK);
    assert_eq!(running.is_well("proxy").await, Some(true));
    // What one client can make a proxy pass on is no alarm while others are read.
    ask(&running, 21, &["unknown"]).await.problem(400, "proxy-wrong");
    assert_eq!(running.is_well("proxy").await, Some(true));
}

#[tokio::test]
async fn attack_62_no_form_of_an_address_removes_its_limit() {
    let running = behind(|_| {}).await;
    // One address with many ports; one machine that says nothing at all; what the client claims before it.
    let ports = |n: usize| vec![format!("203.0.113.9:{}", 1_000 + n)];
    let bracketed = |n: usize| vec![format!("[2001:db8::{n:x}]:{}", 1_000 + n)];
    let silent = |_| Vec::new();
    let claimed = |n: usize| vec![format!("198.51.100.{n}"), "192.0.2.7".to_owned()];
    let forms: [&dyn Fn(usize) -> Vec<String>; 4] = [&ports, &bracketed, &silent, &claimed];
    for (form, lines) in forms.iter().enumerate() {
        for n in 0..4 {
            let lines = lines(n);
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let answer = ask(&running, form * 10 + n, &lines).await;
            if n < 2 {
                answer.expect(StatusCode::OK);
            } else {
                answer.problem(429, "too-many-requests");
            }
        }
    }
}

#[tokio::test]
async fn attack_62_with_two_proxies_the_address_that_the_outer_one_saw_is_taken() {
    let running = behind(|config| config.proxy_hops = 2).await;
    for n in 0..2 {
        ask(&running, n, &[&format!("198.51.100.{n}, 203.0.113.9, 10.0.0.{n}")]).await.expect(StatusCode::OK);
    }
    ask(&running, 3, &["203.0.113.9", "10.0.0.3"]).await.problem(429, "too-many-requests");
    ask(&running, 4, &["203.0.113.10", "10.0.0.3"]).await.expect(StatusCode::OK);
    ask(&running, 5, &["203.0.113.11"]).await.problem(400, "proxy-wrong");
}

/// ATTACKS.md row 58: with an address for every request one is limited by the large network that they are of, and
/// nobody else is.
#[tokio::test]
async fn attack_58_junk_networks_are_limited_together_and_honest_ones_not_at_all() {
    let running = behind(|config| {
        config.limits.times_for_an_ipv6_48 = 2;
        config.limits.times_for_an_ipv6_32 = 5;
    })
    .await;
    // Two for an address: four for a /48, ten for a /32.
    let mut begun = 0;
    for n in 0..60 {
        let junk = format!("2001:db8:{:x}:{n:x}::1", n / 10);
        let answer = ask(&running, n, &[&junk]).await;
        match answer.status {
            StatusCode::OK => begun += 1,
            _ => drop(answer.problem(429, "too-many-requests")),
        }
    }
    assert_eq!(begun, 10);
    for (number, honest) in ["2001:db9::1", "203.0.113.9", "198.51.100.7"].iter().enumerate() {
        ask(&running, 100 + number, &[honest]).await.expect(StatusCode::OK);
    }
}
