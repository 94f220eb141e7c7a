package facts

import (
	"slices"
	"strings"
)

// verify is a check of a signature: it has success with a file that was left
// alone, and fails with another.
func (g *gate) verify(c *Command, program string, args []string) outcome {
	g.found.verifies = true
	g.found.checks = append(g.found.checks, c.Location)
	if w, ok := weakHash(c, args); ok && !slices.Contains(g.found.weak, w) {
		g.found.weak = append(g.found.weak, w)
	}
	covered, keys := g.covered(c, program, args)
	ok := g.choose(2) == 0
	outs := g.outs(c)
	counts := !slices.ContainsFunc(keys, g.bad) && !containsAny(args, []string{"-noverify", "-no_signer_cert_verify", "--insecure-ignore-tlog", "--auto-key-retrieve"}) && !(g.imported && strings.HasPrefix(program, "gpg"))
	if program == "cosign" {
		counts = !slices.ContainsFunc(keys, g.bad)
	}
	g.say(c, verdictText(program, args, ok))
	for _, o := range outs {
		if _, known := g.said[o]; !known || containsAny(args, []string{"-out", "-o", "--output"}) {
			g.files[o] = &gateFile{fetched: true, good: ok && counts}
		}
	}
	if !ok || !counts {
		g.failed, g.doubts = true, nil
	} else {
		for _, n := range covered {
			if f := g.files[n]; f != nil {
				f.good = true
			} else {
				g.files[n] = &gateFile{good: true}
			}
		}
		if len(covered) == 0 && len(outs) == 0 {
			g.strange("which file " + program + " checks is not known")
		}
	}
	return outcomeOf(ok)
}

// asksKeyServer reports a gpg that takes keys from a server which it does not name
// by their whole fingerprint (gpg(1)): anybody can put a key of a short name there.
func asksKeyServer(args []string) bool {
	if containsAny(args, []string{"--fetch-keys", "--fetch-key", "--locate-keys", "--locate-external-keys", "--refresh-keys"}) {
		return true
	}
	i := slices.IndexFunc(args, func(a string) bool { return a == "--recv-keys" || a == "--recv-key" || a == "--receive-keys" })
	return i >= 0 && slices.ContainsFunc(plainWords(args[i+1:]), func(key string) bool { return len(strings.TrimPrefix(key, "0x")) < 40 })
}

// covered are the files that a check of a signature speaks for, and the keys that
// it trusts.
func (g *gate) covered(c *Command, program string, args []string) (files, keys []string) {
	all := func(list []string) []string {
		var names []string
		for _, n := range list {
			names = append(names, g.name(n))
		}
		return names
	}
	var stdin []string
	for _, r := range c.Redirects {
		if r.Op == "<" {
			stdin = append(stdin, r.Word)
		}
	}
	var piped []string
	if c.Pipeline != 0 {
		for _, p := range g.pipe {
			piped = append(piped, g.onlyKnown(g.words(&p))...)
		}
	}
	plain := plainWords(args)
	switch program {
	case "openssl":
		keys = all(flagValues(args, "-verify", "-inkey", "-CAfile", "-certfile", "-certificate", "-CApath"))
		switch {
		case containsAny(args, []string{"cms", "smime"}):
			files = all(flagValues(args, "-content"))
			if len(files) == 0 && len(flagValues(args, "-out")) == 0 {
				files = all(flagValues(args, "-in"))
			}
		case containsAny(args, []string{"pkeyutl"}):
			files = all(flagValues(args, "-in"))
			for _, n := range files { // a digest stands for what it was made from
				if f := g.files[n]; f != nil {
					files = append(files, f.of...)
				}
			}
		case containsAny(args, []string{"rsautl"}):
		default:
			if len(plain) > 0 && !strings.HasPrefix(plain[len(plain)-1], "dgst") {
				files = all(plain[len(plain)-1:])
				if slices.Contains(flagValues(args, "-signature", "-verify", "-sigopt"), plain[len(plain)-1]) {
					files = nil
				}
			}
		}
	case "usign", "signify", "signify-openbsd", "minisign", "ucert":
		keys = all(append(flagValues(args, "-p", "-P"), flagValues(args, "-K")...))
		files = all(flagValues(args, "-m"))
		for i, a := range args {
			if len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.HasSuffix(a, "m") && i+1 < len(args) {
				files = append(files, g.name(args[i+1]))
			}
		}
	case "gpg", "gpg2", "gpgv", "gpgv2":
		keys = all(flagValues(args, "--keyring", "--primary-keyring"))
		rest := slices.DeleteFunc(plain, func(a string) bool {
			return slices.Contains(flagValues(args, "--keyring", "--primary-keyring", "--homedir", "--status-fd", "--trust-model"), a)
		})
		switch {
		case len(rest) > 1:
			files = all(rest[1:])
		case len(rest) == 1:
			sig := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(rest[0], ".sig"), ".asc"), ".gpg")
			files = all([]string{sig})
		}
	case "ssh-keygen":
		keys, files = all(flagValues(args, "-f")), all(stdin)
	case "cosign":
		keys = all(flagValues(args, "--key", "--certificate"))
		if len(plain) > 0 {
			files = all(plain[len(plain)-1:])
		}
	case "veritysetup":
		if len(plain) > 1 {
			files = all(plain[1:2])
		}
	}
	if len(files) == 0 {
		files = append(append(files, all(stdin)...), piped...)
	}
	return files, keys
}

func plainWords(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
}

// verdictText is what a program prints of a signature.
func verdictText(program string, args []string, ok bool) string {
	if containsAny(args, []string{"-q", "-quiet", "--quiet"}) && program != "gpg" {
		return ""
	}
	good, wrong := "Verified OK", "Verification failure"
	switch program {
	case "openssl":
		if containsAny(args, []string{"cms"}) {
			good = "CMS Verification successful"
		} else if containsAny(args, []string{"smime"}) {
			good = "Verification successful"
		} else if containsAny(args, []string{"pkeyutl"}) {
			good, wrong = "Signature Verified Successfully", "Signature Verification Failure"
		}
	case "gpg", "gpg2", "gpgv", "gpgv2":
		good, wrong = "[GNUPG:] GOODSIG [GNUPG:] VALIDSIG gpg: Good signature from", "[GNUPG:] BADSIG gpg: BAD signature from"
	case "usign":
		good, wrong = "OK", "verification failed"
	case "signify", "signify-openbsd":
		good, wrong = "Signature Verified", "signature verification failed"
	case "minisign":
		good, wrong = "Signature and comment signature verified", "Signature verification failed"
	case "ssh-keygen":
		good, wrong = "Good signature for", "Could not verify signature."
	}
	if ok {
		return good
	}
	return wrong
}
