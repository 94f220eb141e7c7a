package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// opening is a write that no signature allowed, and the decisions that led to it.
type opening struct {
	at      assay.Location
	doubts  []string
	answers []int
	strange []string
	failed  bool
	handed  bool // what is written was handed in
	sources []string
}

// verification says what the ways through the script come to.
func (f *gateFinding) verification(problem string) Verification {
	var open, doubtful []assay.Location
	why := ""
	for i := range f.holes {
		h := &f.holes[i]
		switch reason := h.unsure(f); {
		case reason == "":
			open = append(open, h.at)
		default:
			if doubtful = append(doubtful, h.at); why == "" {
				why = reason
			}
		}
	}
	switch {
	case problem != "" && len(f.holes) > 0:
		return Verification{VerifiesUnknown, "the script could not be read whole: " + problem, append(open, doubtful...)}
	case len(open) > 0 && f.verifies:
		return Verification{VerifiesNot, "it is written whatever the signature check says", append(open, f.checks...)}
	case len(open) > 0 && f.sums:
		return Verification{VerifiesNot, "only a checksum is compared before it is written", append(open, f.checks...)}
	case len(open) > 0:
		return Verification{VerifiesNot, "it is written without any check", open}
	case why != "":
		return Verification{VerifiesUnknown, why, append(doubtful, f.checks...)}
	case f.cut:
		return Verification{VerifiesUnknown, "there are more ways through the script than were followed", append(f.installs, f.checks...)}
	case problem != "":
		return Verification{VerifiesUnknown, "the script could not be read whole: " + problem, f.checks}
	}
	return Verification{Verifies, "a signature is checked before it is written", append(f.checks, f.installs...)}
}

// unsure says why a write may yet be guarded; empty if it is not.
func (h *opening) unsure(f *gateFinding) string {
	switch {
	case len(h.strange) > 0:
		return h.strange[0]
	case h.handed && !slices.ContainsFunc(h.sources, func(n string) bool { return f.fetched[n] }):
		return "it writes what it is given, and who fetches and checks that is not in the script"
	case !f.verifies:
		return ""
	}
	for i, d := range h.doubts {
		if !slices.ContainsFunc(f.holes, func(o opening) bool {
			at := slices.Index(o.doubts, d)
			return at >= 0 && o.answers[at] != h.answers[i]
		}) {
			return "it is written without a check where " + shortened(d) + " says so"
		}
	}
	return ""
}

func shortened(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "[ " + s + " ]"
}
