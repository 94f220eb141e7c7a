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
	of      []int // how many answers there are
	strange []string
	failed  bool
	handed  bool // what is written was handed in
	sources []string
}

// verification says what the ways through the script come to.
func (f *gateFinding) verification(problem string) Verification {
	var open, doubtful []assay.Location
	why := ""
	left := maxCoverSteps
	whole := covers(f.holes, &left)
	for i := range f.holes {
		h := &f.holes[i]
		reason := h.unsure(f)
		if reason == "" && f.verifies && !whole {
			reason = h.doubt(0)
		}
		switch {
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
			return h.doubt(i)
		}
	}
	return ""
}

// doubt says which decision a write hangs on.
func (h *opening) doubt(i int) string {
	if i >= len(h.doubts) {
		return ""
	}
	return "it is written without a check where " + shortened(h.doubts[i]) + " says so"
}

// maxCoverSteps is the number of steps in which it is found out whether writes happen
// whatever the script is told.
const maxCoverSteps = 4096

// covers reports whether there is a write without a check whatever the answers to what the
// script asks are: both of "-f" and of what else an argument may be.
func covers(holes []opening, left *int) bool {
	if *left--; *left < 0 || len(holes) == 0 {
		return false
	}
	if slices.ContainsFunc(holes, func(h opening) bool { return len(h.doubts) == 0 }) {
		return true
	}
	asked := holes[0].doubts[0]
	answers, without := map[int][]opening{}, []opening{}
	for _, h := range holes {
		at := slices.Index(h.doubts, asked)
		if at < 0 {
			without = append(without, h)
			continue
		}
		rest := opening{}
		for i, d := range h.doubts {
			if d != asked {
				rest.doubts, rest.answers, rest.of = append(rest.doubts, d), append(rest.answers, h.answers[i]), append(rest.of, h.of[i])
			}
		}
		answers[h.answers[at]] = append(answers[h.answers[at]], rest)
	}
	all := len(answers) >= holes[0].of[0]
	for _, some := range answers {
		all = all && covers(slices.Concat(some, without), left)
	}
	return all || covers(without, left)
}

func shortened(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "[ " + s + " ]"
}
