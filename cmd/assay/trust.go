package main

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
	"github.com/assay-iot/assay/schema/product"
)

// trustPolicy is a trust policy, ready to be applied.
type trustPolicy struct {
	policy *trust.Policy
	list   *trust.List // nil if the policy is a file of one's own
	root   *sigstore.Root
}

func (t *trustPolicy) judge() verify.Trust {
	if t.list != nil {
		return t.list
	}
	return t.policy
}

// digest names the policy: the SHA-256 of its canonical JSON.
func (t *trustPolicy) digest() (assay.Digest, error) {
	data, err := labels.Canonical(t.policy)
	return assay.SHA256(sha256.Sum256(data)), err
}

func (t *trustPolicy) witness() verify.Witness { return sigstore.Witness{Root: t.root} }

// loadTrust reads a trust policy, trust.hcl, or a signed trust list. All mistakes
// of a policy are printed at once.
func (p *program) loadTrust(name string) (*trustPolicy, error) {
	data, err := readLimited(name, trust.MaxListBytes)
	if err != nil {
		return nil, err
	}
	t := new(trustPolicy)
	if trust.IsList(data) {
		if t.list, err = trust.OpenList(data); err != nil {
			return nil, badInput("fetch it again, or give a trust.hcl", "--trust %s: %w", name, err)
		}
		t.policy = &t.list.Policy
	} else {
		policy, diags := trust.Load(name)
		if len(diags) > 0 {
			if err := product.Print(p.err, filepath.Dir(name), diags, p.color); err != nil {
				return nil, err
			}
		}
		if diags.HasErrors() {
			return nil, badInput("", "%s in the trust policy %s", count(len(diags.Errs()), "mistake"), name)
		}
		t.policy = policy
	}
	var stampers []sigstore.Stamper
	for _, s := range t.policy.Stampers {
		stampers = append(stampers, sigstore.Stamper(s))
	}
	if t.root, err = sigstore.NewRoot([]byte(t.policy.Root), stampers); err != nil {
		return nil, badInput("name a trusted_root.json of Sigstore, and certificates of timestamp authorities in PEM", "%s: %w", name, err)
	}
	return t, nil
}

// installedTrust is the trust list that "assay issuer trust update" has put in
// place; nil if there is none.
func (p *program) installedTrust() (*trustPolicy, error) {
	name := p.trustPlace()
	if name == "" {
		return nil, nil
	}
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return p.loadTrust(name)
}

// reliedOn gives the policy by which labels are verified: the one that is named, or,
// where nothing is given, the list that is in place.
func (p *program) reliedOn(name string, keys int) (*trustPolicy, error) {
	switch {
	case name != "" && keys > 0:
		return nil, badInput("give one of them; a policy names keys itself", "--key and --trust exclude each other: a key alone counts for everything")
	case name != "":
		return p.loadTrust(name)
	case keys > 0:
		return nil, nil
	}
	return p.installedTrust()
}

// trustPlace is where the trust list of this user lies; empty if the surroundings
// name no place.
func (p *program) trustPlace() string {
	config := p.getenv("XDG_CONFIG_HOME")
	if config == "" {
		home := p.getenv("HOME")
		if home == "" {
			return ""
		}
		config = filepath.Join(home, ".config")
	}
	return filepath.Join(config, "assay", "trust-list.json")
}

// find gives the issuer that signs with a key, or, for a signer without one, that
// is called name.
func (t *trustPolicy) find(keyID, name string) (trust.Issuer, error) {
	for _, i := range t.policy.Issuers {
		for _, k := range i.Keys {
			if keyID != "" && k.KeyID == keyID {
				return i, nil
			}
		}
		if keyID == "" && len(i.Keyless) > 0 && (i.ID == name || labels.SameName(i.Display, name)) {
			return i, nil
		}
	}
	if keyID == "" {
		return trust.Issuer{}, badInput("give --issuer, the id of an issuer of the policy that has a keyless block", "the trust policy has no keyless issuer %q", name)
	}
	return trust.Issuer{}, badInput("sign with a key that the policy names", "the trust policy names no issuer with the key %s", strings.TrimSpace(keyID))
}

// isOf reports whether the issuer with this name signs with this key too (empty: in a
// workflow). A label that is signed again keeps its place.
func (t *trustPolicy) isOf(display, keyID string) bool {
	if t == nil || display == "" {
		return false
	}
	return slices.ContainsFunc(t.policy.Issuers, func(i trust.Issuer) bool {
		return i.Display == display && (keyID == "" && len(i.Keyless) > 0 ||
			slices.ContainsFunc(i.Keys, func(k trust.Key) bool { return k.KeyID == keyID }))
	})
}
