package ubifs

import (
	"encoding/binary"
	"fmt"
)

// The groups of nodes that were written together: all of them count, or none.
const (
	inGroup = 1 // and not the last of it
)

// gcHead is the head of the journal that the garbage collector writes: it copies
// nodes one by one, groups or not.
const gcHead = 0

// bud is an eraseblock, from an offset on, that holds a part of the journal.
type bud struct {
	leb, offset, head uint32
}

// replay enters what the journal has.
func (r *reader) replay(m master) error {
	buds, err := r.readLog(m)
	if err != nil {
		return err
	}
	for _, b := range buds {
		if err := r.replayBud(b); err != nil {
			return err
		}
	}
	if m.Flags&flagDirty != 0 {
		r.growFiles()
	}
	return nil
}

// readLog finds the buds of the journal. The log begins with the start of the
// last commit and goes on, in a circle of eraseblocks, as long as the sequence
// numbers rise.
func (r *reader) readLog(m master) ([]bud, error) {
	if m.LogLEB < logLEB || m.LogLEB-logLEB >= r.sb.LogLEBs {
		r.hurt(r.sb.at(masterLEB), fmt.Sprintf("the journal is not read: its log is said to begin in eraseblock %d", m.LogLEB))
		return nil, nil
	}
	l := logReader{reader: r, commit: m.Commit, known: map[uint32]bool{}}
	for i := range r.sb.LogLEBs {
		leb := logLEB + (m.LogLEB-logLEB+i)%r.sb.LogLEBs
		from := r.sb.at(leb)
		l.inLEB, l.over = 0, false
		broken := int64(-1)
		err := r.scan(from, from+r.sb.at(1), l.see, func(at int64) {
			if broken < 0 {
				broken = at
			}
		})
		if err != nil {
			return nil, err
		}
		if i == 0 && l.start == 0 {
			r.hurt(from, "the journal is not read: its log does not begin with the last commit")
			return nil, nil
		}
		if broken >= 0 && !l.over {
			r.tear(broken, "the log of the journal is damaged here, or its last write was interrupted")
		}
		if l.over || l.inLEB == 0 {
			break
		}
	}
	return l.buds, nil
}

// logReader reads the log.
type logReader struct {
	*reader
	commit uint64
	start  uint64 // sequence number of the commit
	inLEB  int    // nodes seen in this eraseblock
	over   bool   // the nodes are older than the commit
	known  map[uint32]bool
	buds   []bud
}

func (l *logReader) see(n node) {
	if l.start == 0 {
		if n.kind() != commitNode || binary.LittleEndian.Uint64(n.raw[headerSize:]) != l.commit {
			return
		}
		l.start = n.sequence()
		l.commitSequence = l.start
	}
	if n.kind() != paddingNode && n.sequence() < l.start {
		l.over = true
	}
	if l.over {
		return
	}
	l.inLEB++
	if n.kind() != referenceNode {
		return
	}
	var h struct{ LEB, Offset, Head uint32 }
	n.decode(&h)
	switch {
	case l.known[h.LEB]:
	case h.Offset > l.sb.LEBSize || l.sb.at(h.LEB) < l.sb.main():
		l.tear(n.at, fmt.Sprintf("the log refers to 0x%x in eraseblock %d, which is no place for a journal", h.Offset, h.LEB))
	default:
		l.known[h.LEB] = true
		l.buds = append(l.buds, bud{h.LEB, h.Offset, h.Head})
	}
}

// replayBud enters the nodes of one bud. A group that is not whole at its end was
// being written when the power failed.
func (r *reader) replayBud(b bud) error {
	from, to := r.sb.at(b.leb)+int64(b.offset), r.sb.at(b.leb+1)
	if from < to && from >= r.in.Size {
		r.tear(from, fmt.Sprintf("a part of the journal, eraseblock %d, lies behind the end of the file system", b.leb))
		return nil
	}
	var group []node
	broken := int64(-1)
	err := r.scan(from, to, func(n node) {
		if n.kind() == paddingNode || n.kind() == authNode {
			return
		}
		if b.head != gcHead && n.group() == inGroup {
			group = append(group, n.clone())
			return
		}
		for _, g := range group {
			r.enterJournal(g)
		}
		group = group[:0]
		r.enterJournal(n)
	}, func(at int64) {
		if broken < 0 {
			broken = at
		}
	})
	if err != nil {
		return err
	}
	if broken >= 0 {
		r.tear(broken, "the journal is damaged here, or its last write was interrupted")
	}
	if len(group) > 0 {
		r.tear(group[0].at, "the last nodes of the journal are left out: their group is not whole")
	}
	return nil
}

// enterJournal enters a node of the journal.
func (r *reader) enterJournal(n node) {
	if n.kind() > truncationNode {
		r.tear(n.at, fmt.Sprintf("node of kind %d in the journal", n.kind()))
	} else if !r.enter(n) {
		r.tear(n.at, "a node of the journal contradicts itself")
	}
}

// tear notes a place where the journal is not whole. What was written since the
// commit may lack blocks.
func (r *reader) tear(at int64, reason string) {
	r.torn = true
	r.hurt(at, reason)
}

// growFiles makes files as long as their data in the journal.
func (r *reader) growFiles() {
	for _, n := range r.inodes {
		n.settle()
		n.Bytes = max(n.Bytes, n.reach())
	}
}
