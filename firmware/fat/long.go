package fat

import "github.com/assay-iot/assay/firmware/format"

// Pour gives a content run by run.
func (r *reader) Pour(i int, to format.Sink) error {
	e := &r.entries[i]
	if e.Err != nil {
		return e.Err
	}
	left := e.Size
	for _, u := range r.runs[i] {
		n := min(left, int64(u.count)*r.cluster)
		if err := r.in.Pour(to, r.clusterAt(u.first), n); err != nil {
			return err
		}
		left -= n
	}
	return nil
}
