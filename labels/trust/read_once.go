package trust

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay/labels"
)

// once refuses two issuers that people or the verifier could take for each other:
// with the same id, the same name, the same key, or the same workflow.
func (r *reader) once(blocks []issuerBlock, list []Issuer) {
	for k := range list {
		for n := range k {
			a, b := &list[n], &list[k]
			switch {
			case a.ID == b.ID:
				r.no(blocks[k].IDRange, "Join the two blocks.", "issuer %q stands there twice, first on line %d", b.ID, blocks[n].IDRange.Start.Line)
			case labels.SameName(a.Display, b.Display):
				r.no(blocks[k].DisplayRange, "Give each the name by which people can tell them apart.",
					"issuers %q (line %d) and %q have one name, or names that look alike: %q and %q", a.ID, blocks[n].IDRange.Start.Line, b.ID, a.Display, b.Display)
			case shares(a, b):
				r.no(blocks[k].IDRange, "Let each sign with a key or a workflow of its own.",
					"issuers %q and %q sign with the same key or workflow, so a label would not tell which of them made it", a.ID, b.ID)
			}
		}
		if repeats(list[k].Keys) {
			r.no(blocks[k].IDRange, "Take one away.", "issuer %q has a key or a name of a key twice", list[k].ID)
		}
	}
}

func shares(a, b *Issuer) bool {
	for _, k := range a.Keys {
		if k.KeyID != "" && slices.ContainsFunc(b.Keys, func(o Key) bool { return o.KeyID == k.KeyID }) {
			return true
		}
	}
	for _, k := range a.Keyless {
		if slices.ContainsFunc(b.Keyless, k.overlaps) {
			return true
		}
	}
	return false
}

func repeats(keys []Key) bool {
	for i, k := range keys {
		if slices.ContainsFunc(keys[:i], func(o Key) bool { return o.KeyID == k.KeyID || o.Name == k.Name }) {
			return true
		}
	}
	return false
}

// assessors checks that every assessor named has a block.
func (r *reader) assessors(raw *fileBlock, p *Policy) {
	for i, issuer := range p.Issuers {
		for _, id := range issuer.Assessors {
			if id != SelfAssessed && !slices.ContainsFunc(p.Assessors, func(a Issuer) bool { return a.ID == id }) {
				r.no(raw.Issuers[i].AssessRange, `Write an assessor block of that name, or "self".`, "there is no assessor %q", id)
			}
		}
	}
}

// witnesses checks that what is required can be had: a timestamp of somebody who
// is trusted, a log whose key is known.
func (r *reader) witnesses(raw *fileBlock, p *Policy) {
	blocks := slices.Concat(raw.Issuers, raw.Assessors)
	for i, issuer := range slices.Concat(p.Issuers, p.Assessors) {
		var at hcl.Range
		var what string
		switch b := &blocks[i]; {
		case issuer.Require.Timestamp > 0 && p.Root == "" && len(p.Stampers) == 0:
			at, what = b.Require.StampRange, "timestamps are required, and no authority is named"
		case issuer.Require.Log > 0 && p.Root == "" && (i >= len(p.Issuers) || len(p.Logs) == 0):
			at, what = b.Require.LogRange, "log proofs are required, and no log is named"
		case issuer.Require.Log > len(p.Logs) && p.Root == "":
			at, what = b.Require.LogRange, fmt.Sprintf("%d log proofs are required, and %d logs are named", issuer.Require.Log, len(p.Logs))
		case len(issuer.Keyless) > 0 && p.Root == "":
			at, what = b.Keyless[0].Range, "a workflow may sign, and no authority for its certificates is named"
		default:
			continue
		}
		r.no(at, `Write sigstore { trusted_root = file("trusted_root.json") }, a timestamp_authority block for timestamps, or a log block for logs of labels.`, "%s", what)
	}
}

// keyless reads the workflows. There are no patterns but v* for a tag.
func (r *reader) keyless(b *issuerBlock) (runs []Run) {
	for i := range b.Keyless {
		runs = append(runs, r.run(&b.Keyless[i]))
	}
	return runs
}

// wild are the characters of patterns and regular expressions.
const wild = `*?+[]()|^$\{} `

func (r *reader) run(b *keylessBlock) Run {
	const exact = "Write the value as it stands in the certificate: there are no patterns and no regular expressions."
	if strings.ContainsAny(b.Issuer, wild) || !strings.HasPrefix(b.Issuer, "https://") {
		r.no(b.IssuerRange, exact, "%q is not the address of an issuer of identity tokens", b.Issuer)
	}
	parts := strings.Split(b.Workflow, "/")
	if strings.ContainsAny(b.Workflow, wild+"@:") || len(parts) != 5 || parts[2] != ".github" || parts[3] != "workflows" || slices.Contains(parts, "") {
		r.no(b.WorkflowRange, "Write it as owner/repository/.github/workflows/label.yml, exactly.", "%q is not the path of a workflow", b.Workflow)
	}
	tag, isTag := strings.CutPrefix(b.Ref, "refs/tags/")
	switch {
	case !isTag:
		r.no(b.RefRange, `Write "refs/tags/v1.2.0", or "refs/tags/v*" for every version. A branch moves: whoever can push to it could issue.`, "%q is not a tag", b.Ref)
	case tag != "v*" && (tag == "" || strings.ContainsAny(tag, wild)):
		r.no(b.RefRange, `Write the tag exactly, or "refs/tags/v*".`, "%q is neither one tag nor v*", b.Ref)
	}
	for _, n := range []struct {
		id int64
		at hcl.Range
	}{{b.RepositoryID, b.RepoRange}, {b.OwnerID, b.OwnerRange}} {
		if n.id < 1 {
			r.no(n.at, "gh api repos/OWNER/NAME shows it as id and owner.id.", "%d is no number of a repository or owner", n.id)
		}
	}
	if b.Trigger == "" || strings.ContainsAny(b.Trigger, wild) {
		r.no(b.TriggerRange, exact, "%q is not the name of an event", b.Trigger)
	}
	if b.Trigger == "pull_request_target" || b.Trigger == "pull_request" {
		r.no(b.TriggerRange, `Write "push" or "release".`, "a workflow that %s starts runs for code that nobody has accepted", b.Trigger)
	}
	return newRun(b)
}
