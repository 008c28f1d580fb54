<?php
// A pass for one person: docs/sign-in.md. Needs the extension `sodium`, which PHP comes with.

/** `$keyPem`: what `openssl genpkey -algorithm ed25519` wrote. `$style` only where the person does not choose it. */
function make_pass(string $keyPem, string $election, string $subject, string $route, ?string $style = null): string
{
    $part = fn(string $data) => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $header = ['alg' => 'EdDSA', 'typ' => 'veche-pass+jwt'];
    $claims = ['aud' => $election, 'sub' => $subject, 'route' => $route, 'exp' => time() + 60];
    $claims += ['jti' => bin2hex(random_bytes(16))] + ($style === null ? [] : ['style' => $style]);
    $signed = implode('.', array_map(fn($value) => $part(json_encode($value, JSON_THROW_ON_ERROR)), [$header, $claims]));
    $seed = substr(base64_decode(preg_replace('/-----[^-]+-----/', '', $keyPem)), -32); // how the file ends
    $key = sodium_crypto_sign_secretkey(sodium_crypto_sign_seed_keypair($seed));
    return $signed . '.' . $part(sodium_crypto_sign_detached($signed, $key));
}
