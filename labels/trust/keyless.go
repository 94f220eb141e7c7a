package trust

import (
	"strconv"
	"strings"

	"github.com/assay-iot/assay/labels/verify"
)

// host is where the workflows lie whose certificates Fulcio writes.
const host = "https://github.com/"

func newRun(b *keylessBlock) Run {
	return Run{
		Issuer: b.Issuer, Workflow: b.Workflow, Ref: b.Ref, Trigger: b.Trigger,
		RepositoryID: strconv.FormatInt(b.RepositoryID, 10), OwnerID: strconv.FormatInt(b.OwnerID, 10),
	}
}

// overlaps reports whether one certificate could be of both.
func (r Run) overlaps(o Run) bool {
	return r.Issuer == o.Issuer && r.Workflow == o.Workflow && r.RepositoryID == o.RepositoryID && r.Trigger == o.Trigger &&
		(r.Ref == o.Ref || r.refIs(o.Ref) || o.refIs(r.Ref))
}

// differs says in what a certificate is not the one that the policy names; empty
// if it is. All six must hold: the workflow alone says how a label was made, and
// any repository may call it; the numbers of repository and owner say for whom.
func (r Run) differs(i *verify.Identity) string {
	at, signer := strings.CutPrefix(i.Subject, host+r.Workflow+"@")
	switch {
	case i.Issuer != r.Issuer:
		return "another issuer of identities vouches for it: " + i.Issuer
	case !signer || i.Signer != i.Subject:
		return "another workflow signed it: " + i.Subject
	case !r.refIs(at):
		return "the workflow was at " + at + ", not at " + r.Ref
	case i.RepositoryID != r.RepositoryID:
		return "the workflow ran for another repository: " + i.Repository + " (" + i.RepositoryID + ")"
	case i.OwnerID != r.OwnerID:
		return "the repository belongs to another owner: " + i.OwnerID
	case i.Trigger != r.Trigger:
		return "the workflow was started by " + i.Trigger + ", not by " + r.Trigger
	}
	return ""
}

// refIs reports whether ref is the tag, or, for v*, a tag of a version.
func (r Run) refIs(ref string) bool {
	if prefix, pattern := strings.CutSuffix(r.Ref, "*"); pattern {
		tag := strings.TrimPrefix(ref, "refs/tags/")
		return strings.HasPrefix(ref, prefix) && len(ref) > len(prefix) && !strings.ContainsAny(tag, "/*")
	}
	return ref == r.Ref
}
