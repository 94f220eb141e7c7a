package main

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/status/ledger"
)

// reserve takes a place in the status list for the label with this number.
func (p *program) reserve(name, address, label, keyID string) (*labels.Status, error) {
	l, err := openLedger(name)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if err := ledgerOf(name, l, address); err != nil {
		return nil, err
	}
	if err := p.notWithdrawn(l, label); err != nil {
		return nil, err
	}
	places, err := l.ReserveAll(rand.Reader, []string{label}, keyID, p.now) // made again, it keeps its place
	if err != nil {
		return nil, ledgerError(err)
	}
	if v, _ := l.At(places[0].Index); v != status.Valid {
		return nil, badInput("assess again: a new assessment gives a new number", "the label %s was made before, and is %s", label, v)
	}
	return places[0], nil
}

// notWithdrawn refuses a label of an assessment of which another one, alone or of a
// batch, was withdrawn; one that was issued on another day is told.
func (p *program) notWithdrawn(l *ledger.Ledger, label string) error {
	sameDay, before := l.Withdrawn(label)
	if len(sameDay) > 0 {
		return badInput("assess again: a new assessment gives a new number", "a label of the same assessment, %s, was made before, and is %s", report.Clean(sameDay[0].Label), sameDay[0].Value)
	}
	for _, w := range before {
		fmt.Fprintf(p.err, "note: a label of the same assessment, %s, is %s: if what it says was the reason, withdraw %s too\n", report.Clean(w.Label), w.Value, report.Clean(label))
	}
	return nil
}

// reserve takes places in the status list.
func (b *batchRun) reserve(list []*made) error {
	if b.flags.status == "" || len(list) == 0 {
		return nil
	}
	l, err := openLedger(b.flags.status)
	if err != nil {
		return err
	}
	defer l.Close()
	var numbers []string
	list = slices.Clone(list)
	for _, m := range list {
		if err := ledgerOf(b.flags.status, l, m.statement.Predicate.Issuer.Address); err != nil {
			return err
		}
		if m.err = b.notWithdrawn(l, m.statement.Predicate.ID); m.err == nil {
			numbers = append(numbers, m.statement.Predicate.ID)
		}
	}
	list = slices.DeleteFunc(list, func(m *made) bool { return m.err != nil })
	places, err := l.ReserveAll(rand.Reader, numbers, b.folder.head.Key, b.now)
	if err != nil {
		return ledgerError(err)
	}
	for i, m := range list {
		m.statement.Predicate.Status = places[i]
		m.withdrawn, _ = l.At(places[i].Index)
	}
	return nil
}
