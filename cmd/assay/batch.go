package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/log/folder"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/status/ledger"
	"github.com/assay-iot/assay/schema/scheme"
)

// batchChunk is how many labels are made before they are published together: one
// write to the status ledger, one checkpoint of the log.
const batchChunk = 256

// batchRun is one run of "assay label --batch".
type batchRun struct {
	*program
	flags    labelFlags
	signer   *signer
	trust    *trustPolicy
	issuerID string
	issued   time.Time
	schemes  scheme.Catalogue
	log      *appender
	folder   *batchFolder
	seed     assay.Digest // of the settings; numbers of labels are made with it
	seen     map[string]order
	done     int
	already  int
	worst    int // exit code
	failed   int
	plain    int // labels whose QR code holds the digest only
}

// made is a label on its way.
type made struct {
	order     order
	statement *labels.Statement
	there     bool // it was published by an earlier run
	files     []labelFile
	compact   bool
	err       error
	withdrawn status.Value // what the ledger says of a label that was made before
}

func (p *program) batch(c *cobra.Command, f labelFlags, args []string) error {
	if err := batchExcludes(c, args); err != nil {
		return err
	}
	f.none = len(f.kinds) == 0
	if err := f.pictureFlags.check(); err != nil {
		return err
	}
	orders, err := readBatch(f.batch)
	if err != nil {
		return err
	}
	q, err := p.question(f.questionFlags, nil)
	if err != nil {
		return err
	}
	b := &batchRun{program: p, issued: q.asOf, seen: map[string]order{}}
	if f.issued != "" {
		if b.issued, err = assay.Date(f.issued); err != nil {
			return badInput("write it as 2026-11-23", "--issued %q is not a date", f.issued)
		}
	}
	if b.signer, err = p.openSigner(c.Context(), f.signerFlags, f.online); err != nil {
		return err
	}
	defer b.signer.close()
	if b.trust, b.issuerID, err = p.issuing(&f, b.signer); err != nil {
		return err
	}
	if b.schemes, err = scheme.Bundled(); err != nil {
		return err
	}
	if b.log, err = p.openLogOf(c.Context(), f.logFlags, f.online); err != nil {
		return err
	}
	defer b.log.close()
	b.flags = f
	if err := b.open(f.issued != "" || f.asOf != ""); err != nil {
		return err
	}
	defer b.folder.close()
	if err := b.run(c.Context(), orders); err != nil {
		return err
	}
	return b.tell()
}

// batchExcludes refuses what makes one label only.
func batchExcludes(c *cobra.Command, args []string) error {
	for _, other := range []string{"from", "var", "store-facts", "despite", "decided-by"} {
		if c.Flags().Changed(other) {
			return badInput("leave one of them out", "--batch and --%s exclude each other", other)
		}
	}
	if len(args) > 0 {
		return badInput("leave one of them out", "--batch and a folder exclude each other: nothing is assessed")
	}
	return nil
}

// open opens the folder that the labels go to.
func (b *batchRun) open(dated bool) error {
	h := batchHead{
		Issued: b.issued.Format(time.DateOnly), ValidUntil: b.flags.validUntil, Issuer: b.flags.issuer, Address: b.flags.address,
		Policy: b.flags.policy, Schemes: b.flags.claim, Demo: b.flags.demo, Tool: version,
	}
	var err error
	if h.Key, err = b.suits(b.signer, b.log); err != nil {
		return err
	}
	if b.flags.status != "" {
		l, err := ledger.Read(b.flags.status)
		if err != nil {
			return ledgerError(err)
		}
		h.Status = l.List
	}
	b.noteForGood(&b.flags)
	if b.log != nil {
		if h.Log, err = folder.Key(b.flags.log); err != nil {
			return err
		}
	}
	if b.folder, err = openBatch(b.flags.out, h, dated); err != nil {
		return err
	}
	if b.issued, err = assay.Date(b.folder.head.Issued); err != nil {
		return err
	}
	b.noteDate(b.issued)
	settings, err := labels.Canonical(b.folder.head)
	if err != nil {
		return err
	}
	b.seed = assay.SHA256(sha256Sum(string(settings)))
	return nil
}

// run makes the labels, a chunk at a time.
func (b *batchRun) run(ctx context.Context, orders []order) error {
	shown, size := b.progress("labels", len(orders)), cmp.Or(b.env.chunk, batchChunk)
	for at := 0; at < len(orders); at += size {
		list := make([]*made, min(size, len(orders)-at))
		for i := range list {
			list[i] = &made{order: orders[at+i]}
		}
		if err := b.chunk(ctx, list, shown); err != nil {
			shown.pause()
			return err
		}
		shown.at(at + len(list))
	}
	return nil
}

// chunk makes some labels and publishes them. The order is what makes it safe to
// be killed anywhere: numbers follow from the assessments; places of the status
// list are taken, and on the disk, before anything is signed; the log holds a label
// before it is published; and a label is published by one renaming.
func (b *batchRun) chunk(ctx context.Context, list []*made, shown *progress) error {
	each(ctx, list, runtime.GOMAXPROCS(0), b.state)
	list = b.unique(list)
	list, err := b.goingOn(ctx, list, shown)
	if err != nil {
		return err
	}
	if err := b.reserve(list); err != nil {
		return err
	}
	if list, err = b.goingOn(ctx, list, shown); err != nil {
		return err
	}
	each(ctx, list, runtime.GOMAXPROCS(0), b.sign)
	if list, err = b.goingOn(ctx, list, shown); err != nil {
		return err
	}
	if err := b.prove(ctx, list); err != nil {
		return err
	}
	each(ctx, list, runtime.GOMAXPROCS(0), func(m *made) error { return b.folder.prepare(m.order.name, m.files) })
	if err := firstError(ctx, list); err != nil {
		return err
	}
	for _, m := range list {
		if !m.compact {
			b.plain++
		}
	}
	if err := b.folder.publish(list); err != nil {
		return err
	}
	b.done += len(list)
	return nil
}

// each does something for every label, on several processors.
func each(ctx context.Context, list []*made, workers int, do func(*made) error) {
	var wait sync.WaitGroup
	next := make(chan *made)
	for range workers {
		wait.Go(func() {
			for m := range next {
				if m.err = ctx.Err(); m.err == nil {
					m.err = do(m)
				}
			}
		})
	}
	for _, m := range list {
		next <- m
	}
	close(next)
	wait.Wait()
}

func firstError(ctx context.Context, list []*made) error {
	for _, m := range list {
		if m.err != nil {
			return m.err
		}
	}
	return ctx.Err()
}

// goingOn leaves those that are still to be done. Of those of which no label can be
// made it tells why; any other error ends the run.
func (b *batchRun) goingOn(ctx context.Context, list []*made, shown *progress) (left []*made, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, m := range list {
		var coded *codedError
		switch {
		case m.there:
			b.already++
			shown.before++
		case m.err == nil:
			left = append(left, m)
		case errors.As(m.err, &coded):
			b.failed++
			b.worst = worse(b.worst, coded.code)
			shown.pause()
			fmt.Fprintf(b.err, "%s: %s\n", m.order, report.Clean(m.err.Error()))
		default:
			return nil, fmt.Errorf("%s: %w", m.order, m.err)
		}
	}
	return left, nil
}

// worse gives the exit code that tells of both: wrong input before no before
// cannot tell.
func worse(a, b int) int {
	for _, code := range []int{exitInput, exitNo} {
		if a == code || b == code {
			return code
		}
	}
	return max(a, b)
}

// state reads an assessment and says what its label states, but for its place in
// the status list.
func (b *batchRun) state(m *made) error {
	f := b.flags
	f.from = m.order.assessment
	if m.order.validUntil != "" {
		f.validUntil = m.order.validUntil
	}
	basis, err := b.madeBefore(f, b.trust, b.issuerID, b.schemes)
	if err != nil {
		return err
	}
	if m.statement, err = labels.New(&basis.assessment, f.options(basis, b.issued, b.issuerID)); err != nil {
		return unlabelled(err)
	}
	l := &m.statement.Predicate
	number := assay.SHA256(sha256Sum(string(b.seed) + string(l.Assessment) + f.validUntil))
	l.ID += "-" + number.Hex()[:8] // so that it can be told which labels are of one assessment
	m.there, err = b.published(m)
	return err
}

// unlabelled says why no label can be made of an assessment.
func unlabelled(err error) error {
	code := exitInput
	switch {
	case errors.Is(err, labels.ErrNotMet):
		code = exitNo
	case errors.Is(err, labels.ErrInconclusive):
		code = exitCannotTell
	}
	return &codedError{code: code, err: fmt.Errorf("no label: %w", err)}
}

// published reports whether an earlier run has published this label.
func (b *batchRun) published(m *made) (bool, error) {
	data, err := readLimited(filepath.Join(b.folder.place(m.order.name), "label.sigstore.json"), maxLabelFile)
	if err != nil {
		if _, serr := os.Lstat(b.folder.place(m.order.name)); errors.Is(serr, fs.ErrNotExist) {
			return false, nil
		}
		return false, badInput("give it another name in the list", "%s is there and holds no label: %w", b.folder.place(m.order.name), err)
	}
	s, err := labels.Unverified(data)
	if err != nil || s.Predicate.ID != m.statement.Predicate.ID {
		return false, badInput("give it another name in the list", "%s holds another label", b.folder.place(m.order.name))
	}
	return true, nil
}

// unique refuses the second label of one assessment.
func (b *batchRun) unique(list []*made) []*made {
	for _, m := range list {
		if m.err != nil {
			continue
		}
		id := m.statement.Predicate.ID
		if first, twice := b.seen[id]; twice {
			m.there, m.err = false, badInput("", "it is the same assessment as %s: one label is enough", first)
			continue
		}
		b.seen[id] = m.order
	}
	return list
}

// sign signs a label, asks whether the policy would take it, and draws it.
func (b *batchRun) sign(m *made) error {
	if m.withdrawn != status.Valid {
		return badInput("assess again: a new assessment gives a new number", "the label %s was made before, and is %s", m.statement.Predicate.ID, m.withdrawn)
	}
	bundle, err := b.signer.label(m.statement)
	if err != nil {
		return err
	}
	if b.trust != nil && !b.flags.demo {
		if err := b.wouldCount(bundle, m.statement, b.trust); err != nil {
			return err
		}
	}
	seal, err := b.flags.seal(b.signer, m.statement.Predicate.Issued)
	if err != nil {
		return err
	}
	silent := *b.program
	silent.err = io.Discard // of codes without a compact label tells the end
	m.files, err = silent.drawLabel(b.signer.key, seal, bundle, m.statement, b.flags.pictureFlags)
	for _, f := range m.files {
		m.compact = m.compact || f.name == "label.cose"
	}
	return err
}

// prove puts the labels into the log and their proofs beside them.
func (b *batchRun) prove(ctx context.Context, list []*made) error {
	if b.log == nil || len(list) == 0 {
		return nil
	}
	var entries []folder.Digest
	for _, m := range list {
		digest, err := m.statement.Digest()
		if err != nil {
			return err
		}
		entry, err := logEntry(digest)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	proofs, err := b.log.append(ctx, entries...)
	if err != nil {
		return logError(err)
	}
	for i, m := range list {
		m.files = append(m.files, labelFile{"label" + proofEnding, proofs[i].Marshal()})
	}
	return nil
}

// tell says what was done.
func (b *batchRun) tell() error {
	mark := b.paint(green, "✓")
	if b.failed > 0 {
		mark = b.paint(yellow, "!")
	}
	text := fmt.Sprintf("%s %s in %s", mark, count(b.done+b.already, "label"), b.folder.dir)
	if b.already > 0 {
		text += fmt.Sprintf(", %d of them by an earlier run", b.already)
	}
	if b.failed > 0 {
		text += fmt.Sprintf("; no label of %s", count(b.failed, "assessment"))
	}
	if b.plain > 0 {
		text += fmt.Sprintf("\n  the QR codes of %d hold the digest only and cannot be verified offline", b.plain)
	}
	if b.log == nil && b.trust != nil && b.trust.demandsLog(b.flags.issuer) {
		text += "\n  the trust policy demands log proofs: \"assay issuer log append\" gives them, or --log"
	}
	if _, err := fmt.Fprintln(b.out, text); err != nil {
		return err
	}
	return answered(b.worst)
}
