package trust

import (
	"slices"

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
	for i := range p.Issuers {
		if id := p.unknownAssessor(&p.Issuers[i]); id != "" {
			r.no(raw.Issuers[i].AssessRange, `Write an assessor block of that name, or "self".`, "there is no assessor %q", id)
		}
	}
}

// witnesses checks that what is required can be had.
func (r *reader) witnesses(raw *fileBlock, p *Policy) {
	blocks := slices.Concat(raw.Issuers, raw.Assessors)
	for i, issuer := range slices.Concat(p.Issuers, p.Assessors) {
		var at hcl.Range
		part, what := p.lacks(&issuer, i >= len(p.Issuers))
		switch b := &blocks[i]; part {
		case "timestamp":
			at = b.Require.StampRange
		case "log":
			at = b.Require.LogRange
		case "keyless":
			at = b.Keyless[0].Range
		default:
			continue
		}
		r.no(at, `Write sigstore { trusted_root = file("trusted_root.json") }, a timestamp_authority block for timestamps, or a log block for logs of labels.`, "%s", what)
	}
}

// keyless reads the workflows.
func (r *reader) keyless(b *issuerBlock) (runs []Run) {
	for i := range b.Keyless {
		runs = append(runs, r.run(&b.Keyless[i]))
	}
	return runs
}

func (r *reader) run(b *keylessBlock) Run {
	run := newRun(b)
	at := [...]hcl.Range{runIssuer: b.IssuerRange, runWorkflow: b.WorkflowRange, runRef: b.RefRange, runRepository: b.RepoRange, runOwner: b.OwnerRange, runTrigger: b.TriggerRange}
	for _, m := range run.mistakes() {
		r.no(at[m.part], m.todo, "%s", m.what)
	}
	return run
}
