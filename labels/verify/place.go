package verify

import (
	"bytes"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
)

// Place gives the place in a status list that a label names, in whatever form,
// nil if it names none. It verifies nothing: it is for the issuer, who looks up
// its own list.
func Place(data []byte) (*labels.Status, error) {
	if compact.IsText(data) || len(data) > 0 && data[0] == 0xD2 {
		m, err := compact.Parse(data)
		if err != nil {
			return nil, err
		}
		l, err := m.Unverified()
		if err != nil {
			return nil, err
		}
		return l.Status, nil
	}
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		bundle, _, err := Extract(data)
		if err != nil {
			return nil, err
		}
		data = bundle
	}
	s, err := labels.Unverified(data)
	if err != nil {
		return nil, err
	}
	return s.Predicate.Status, nil
}
