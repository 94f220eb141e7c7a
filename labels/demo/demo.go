// Package demo holds a key pair that everybody knows.
//
// The private key is published here, with its passphrase, so that examples can
// sign a label and tests can verify one. What it signs proves nothing: a label
// signed with it carries the mark DEMO, and package verify rejects it unless
// told otherwise.
package demo

import _ "embed" // the key pair

// Passphrase opens the private key. It is public, like the key.
const Passphrase = "demo"

// KeyID is the public key's id, by which verifiers know it.
const KeyID = "db5Zb+iZL1u8zMvahD555kZ35UJiMvK1S35Qs83bSMU="

// PrivateKey is the published private key, in Sigstore's encrypted form.
//
//go:embed demo.key
var PrivateKey []byte

// PublicKey is its public half, as PEM.
//
//go:embed demo.pub
var PublicKey []byte
