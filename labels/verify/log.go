package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/labels/log"
)

// MaxProofs is how many log proofs of one label are looked at.
const MaxProofs = 8

// LogAnswer is what a proof beside a label says: that a transparency log holds the
// label's digest.
type LogAnswer struct {
	Origin  string `json:"origin,omitempty"` // the log, as the proof names it
	Index   int64  `json:"index"`            // where the label stands in it; only if Holds
	Size    int64  `json:"size,omitempty"`   // entries of the log when it gave the proof; only if Holds
	Checked bool   `json:"checked"`          // the log is one whose key is known
	Holds   bool   `json:"holds"`
	Why     string `json:"why,omitempty"` // why it does not count, as a clause
}

// digest is the label's identity in bytes: it was made from them.
func (r *Report) digest() (d [sha256.Size]byte) {
	_, _ = hex.Decode(d[:], []byte(r.Digest.Hex()))
	return d
}

func (a *LogAnswer) text() string {
	switch {
	case a.Holds:
		return fmt.Sprintf("%s holds it, entry %d of %d", a.Origin, a.Index, a.Size)
	case !a.Checked:
		return fmt.Sprintf("not checked: %s", a.Why)
	}
	return "does not count: " + a.Why
}

// askLogs checks the proofs beside a label whose signature is good, and tells the
// signer's entry which logs hold it.
func (r *Report) askLogs(by *Signer, o Options) {
	for _, data := range o.Proofs[:min(len(o.Proofs), MaxProofs)] {
		a := r.askLog(data, o.Logs)
		r.Logs = append(r.Logs, a)
		if a.Holds && !slices.Contains(by.Proved, a.Origin) {
			by.Proved = append(by.Proved, a.Origin)
		}
	}
}

func (r *Report) askLog(data []byte, logs []string) LogAnswer {
	proof, err := log.Parse(data)
	if err != nil {
		return LogAnswer{Checked: true, Why: err.Error()}
	}
	a := LogAnswer{Origin: proof.Origin()}
	key := ""
	for _, k := range logs {
		if log.Name(k) == a.Origin {
			key = k
		}
	}
	if key == "" {
		a.Checked = len(logs) > 0
		a.Why = fmt.Sprintf("it is a proof of the log %q, whose key is not known", a.Origin)
		return a
	}
	a.Checked = true
	c, err := proof.Verify(r.digest(), key)
	switch {
	case errors.Is(err, log.ErrKey):
		a.Why = fmt.Sprintf("it is not signed with the key of the log %q", a.Origin)
	case errors.Is(err, log.ErrNoEntry):
		a.Why = "it is the proof of another label, or was changed"
	case err != nil:
		a.Why = err.Error()
	default:
		a.Holds, a.Index, a.Size = true, proof.Index, c.Size
	}
	return a
}

// unlogged ends the verification of a label that too few logs hold: what was shown
// and is wrong is a no, what nobody has shown is not known.
func (r *Report) unlogged(demand string) bool {
	for _, a := range r.Logs {
		if a.Checked && !a.Holds {
			why := demand + ", and the one beside the label does not count: " + a.Why
			r.reject(why)
			r.Summary = "This label does NOT count: " + why + "."
			return false
		}
	}
	r.Unsure = append(r.Unsure, "Whether it counts is not known: "+demand+". "+r.mend())
	return true
}

// mend says what is missing.
func (r *Report) mend() string {
	if slices.ContainsFunc(r.Logs, func(a LogAnswer) bool { return !a.Checked }) {
		return "The log of the proof that was given is not in the trust policy."
	}
	return "Put the proof beside the label, or name it."
}

// proven demands that there are proofs and that all of them hold, if whoever asks
// does.
func (r *Report) proven(o Options) bool {
	failed := slices.ContainsFunc(r.Logs, func(a LogAnswer) bool { return !a.Holds })
	switch {
	case !o.Proven || len(r.Logs) > 0 && !failed:
		return true
	case slices.ContainsFunc(r.Logs, func(a LogAnswer) bool { return a.Holds }):
		return r.unlogged("every log proof that is named must hold")
	}
	return r.unlogged("a proof of a transparency log is asked for, and none holds")
}

// badProofs tells of proofs that nobody demands and that are wrong.
func (r *Report) badProofs() {
	for _, a := range r.Logs {
		if a.Checked && !a.Holds {
			r.Reasons = append(r.Reasons, "The log proof beside the label does not count: "+a.Why+".")
		}
	}
}
