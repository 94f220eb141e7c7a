package ext

import "github.com/assay-iot/assay/firmware/format"

// Pour gives a content run by run; what lies between them is not there.
func (r *reader) Pour(i int, to format.Sink) error {
	n, err := r.file(r.entries[i].Inode)
	if err != nil {
		return err
	}
	size := int64(n.size(&r.sb))
	if n.Flags&flagInline != 0 {
		return r.pourInline(n, size, to)
	}
	runs, err := r.runs(n, r.sb.blocksOf(size))
	if err != nil {
		return err
	}
	at := int64(0)
	for _, run := range runs {
		from := run.logical * r.sb.blockSize
		length := min(run.count*r.sb.blockSize, size-from)
		if from > at {
			if err := to.Hole(from - at); err != nil {
				return err
			}
		}
		if err := r.in.Pour(to, run.physical*r.sb.blockSize, length); err != nil {
			return err
		}
		at = from + length
	}
	if at == size {
		return nil
	}
	return to.Hole(size - at)
}

// pourInline gives what the inode holds itself, and the zeros behind it.
func (r *reader) pourInline(n *inode, size int64, to format.Sink) error {
	rest, err := r.inlineRest(n)
	if err != nil {
		return err
	}
	held := min(size, int64(len(n.Block)+len(rest)))
	content, err := r.inline(n, held, allocate)
	if err != nil {
		return err
	}
	if _, err := to.Write(content); err != nil || held == size {
		return err
	}
	return to.Hole(size - held)
}
