package signature

import "crypto"

// refusal is of the declared keys that a signature may be of, and that are refused.
type refusal struct {
	keys    int
	verdict Verdict
	reason  string
}

func (r *refusal) add(public crypto.PublicKey) {
	if r.keys++; r.keys == 1 || r.verdict == Invalid {
		r.verdict, r.reason = worth(public), refused(public)
	}
}

// explain adds the refused keys to what came of a signature that verifies with none:
// where there are no others of its kind, they are why.
func (r *refusal) explain(o Outcome, tried int) Outcome {
	switch {
	case r.keys == 0:
	case r.keys == tried && (o.Verdict == Invalid || o.Verdict == Unknown):
		o.Verdict, o.Reason = r.verdict, r.reason
	case o.Verdict == Invalid:
		o.Verdict, o.Reason = r.verdict, o.Reason+": "+r.reason
	}
	return o
}
