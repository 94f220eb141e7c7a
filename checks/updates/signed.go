package updates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/firmware"
)

// delivered are the signatures on the image itself; where it has none, those of
// the parts that it is made of.
func delivered(all []signing.Signature) []signing.Signature {
	var outermost []signing.Signature
	all = slices.DeleteFunc(slices.Clone(all), func(s signing.Signature) bool { return s.Kept })
	for _, s := range all {
		if s.Outermost {
			outermost = append(outermost, s)
		}
	}
	if len(outermost) > 0 {
		return outermost
	}
	return all
}

// chainedKind is the kind of signature that vouches for the keys of others.
const chainedKind = "avb"

// chained are the keys that signatures vouch for which are valid themselves.
func chained(c *checks.Context, signed []signing.Signature) (keys []signature.Key) {
	for _, s := range signed {
		if len(s.Vouches) == 0 || signature.Verify(s.Signature, c.Keys, c.AsOf).Verdict != signature.Valid {
			continue
		}
		for _, der := range s.Vouches {
			if parsed, err := signature.ParseKeys("the chain of "+called(s), der); err == nil {
				keys = append(keys, parsed...)
			}
		}
	}
	return keys
}

// called names a signature: its kind, and its name where there are several.
func called(s signing.Signature) string {
	return strings.TrimSpace("the " + s.Kind + " signature " + s.Name)
}

// made says with what a signature was made, as far as it is known.
func made(o signature.Outcome) string {
	words := []string{o.Algorithm}
	if o.Signer != "" {
		words = append(words, "by "+clean(o.Signer))
	}
	switch {
	case o.Key != "":
		words = append(words, "key "+string(o.Key))
	case o.Named != "":
		words = append(words, "naming the key "+string(o.Named))
	}
	for _, one := range o.Signers {
		words = append(words, "signer: "+one.Verdict.String()+", "+made(one))
	}
	return strings.Join(words, ", ")
}

// clean makes what a container says fit for a message.
func clean(s string) string {
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s), "?")
	return s[:min(len(s), 200)]
}

// told adds to a finding on a signature which bytes the signature is over, which
// it covers through a hash list, and which it leaves out.
func told(f assay.Finding, s signing.Signature) assay.Finding {
	for _, part := range []struct {
		note  string
		spans []firmware.Span
	}{{assay.NoteCovered, s.Covers}, {assay.NoteHashed, s.Through}, {assay.NoteLeftOut, s.Leaves}} {
		for _, l := range joined(places(s, part.spans)) {
			f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Note: part.note, Location: l})
		}
	}
	return f
}

// joined puts places together that follow one another in one thing.
func joined(all []assay.Location) []assay.Location {
	var runs []assay.Location
	for _, l := range all {
		if n := len(runs); n > 0 && runs[n-1].Path == l.Path && runs[n-1].Offset+runs[n-1].Length == l.Offset {
			runs[n-1].Length += l.Length
			continue
		}
		runs = append(runs, l)
	}
	return runs
}

func length(spans []firmware.Span) (n int64) {
	for _, s := range spans {
		n += s.Length
	}
	return n
}

// places are the spans of a signature as locations; one that begins in front of
// its container is at the container.
func places(s signing.Signature, spans []firmware.Span) []assay.Location {
	var all []assay.Location
	for _, span := range spans {
		l := assay.Location{Path: s.Container, Offset: max(0, span.Offset), Length: span.Length}
		switch {
		case span.Beside:
			l.Path = span.Path
		case span.Path != "":
			l.Path += "!" + span.Path
		}
		all = append(all, l)
	}
	return all
}

func examined(signed []signing.Signature) (all []assay.Location) {
	for _, s := range signed {
		all = append(append(all, s.Location), places(s, s.Covers)...)
		all = append(all, places(s, s.Through)...)
	}
	return all
}

// brokenHashes are the entries of hash lists anywhere in the image that do not hold.
// Of what a root file system keeps, the checks of files speak.
func brokenHashes(all []signing.HashEntry) (found []assay.Finding) {
	for _, h := range all {
		switch {
		case h.OK || h.Problem != "" || h.Kept && !h.Span.Beside:
		case h.Algorithm == "public key":
			found = append(found, checks.Observed(assay.High, h.Name+" is not signed with the key that its chain demands", h.Location))
		default:
			found = append(found, checks.Observed(assay.High, fmt.Sprintf("the %s of %s in the image is not that of its content", h.Algorithm, h.Name), h.Location))
		}
	}
	return found
}
