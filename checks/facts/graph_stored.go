package facts

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/assay-iot/assay"
)

func encode[T any](s Source[T], o *Observer) ([]byte, error) {
	v, err := s.Of(o)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func restore[T any](o *Observation, id string, b []byte) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("stored fact %s: %w", id, err)
	}
	c := o.cell(id)
	c.once.Do(func() { c.value = v })
	return nil
}

// Store gives the values of the nodes as JSON, so that they can stand in an
// assessment; of a fact that is not known, why.
func (o *Observation) Store(nodes ...Node) map[string]assay.Stored {
	stored := map[string]assay.Stored{}
	for _, n := range nodes {
		s := assay.Stored{Version: n.version()}
		b, err := n.encode(o.For("store", []Node{n}))
		if err != nil {
			s.Unknown = err.Error()
		} else {
			s.Value = b
		}
		stored[n.ID()] = s
	}
	return stored
}

// Restore makes an Observation of stored facts. What was not known stays so, for
// the same reason; a fact that was not stored, or is of another version, is not
// known either.
func Restore(stored map[string]assay.Stored, coverage assay.Coverage, nodes ...Node) (*Observation, error) {
	o := NewObservation()
	o.Coverage = coverage
	for _, n := range Closure(nodes...) {
		s, ok := stored[n.ID()]
		if !ok || s.Version != n.version() {
			s.Unknown = fmt.Sprintf("fact %s was not stored, or by a version that observes otherwise", n.ID())
		}
		if s.Unknown != "" {
			c := o.cell(n.ID())
			c.once.Do(func() { c.err = errors.New(s.Unknown) })
			continue
		}
		if err := n.restore(o, s.Value); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Put supplies the value of one node as stored JSON. The first value counts.
func (o *Observation) Put(n Node, value []byte) error { return n.restore(o, value) }
