package jffs2

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// piece is a run of a file's content, and the newest node that holds it.
type piece struct {
	from, to int64
	node     *inode
}

// layout finds for each byte of a file the newest node that holds it: nodes are
// given oldest first, and of those that overlap the last counts. Every writer of
// JFFS2 writes a node also for a hole, so a byte without a node is missing.
func layout(nodes []inode, size int64) ([]piece, error) {
	starts := startsOf(nodes, size)
	var pieces []piece
	var active newestFirst
	for at := int64(0); at < size; {
		for len(starts) > 0 && int64(nodes[starts[0]].offset) <= at {
			heap.Push(&active, starts[0])
			starts = starts[1:]
		}
		for len(active) > 0 && nodes[active[0]].end() <= at {
			heap.Pop(&active)
		}
		if len(active) == 0 {
			return nil, missing(nodes, starts, at, size)
		}
		top := active[0]
		to := min(nodes[top].end(), size)
		for len(starts) > 0 && int64(nodes[starts[0]].offset) < to {
			if starts[0] > top {
				to = int64(nodes[starts[0]].offset)
				break
			}
			heap.Push(&active, starts[0])
			starts = starts[1:]
		}
		pieces = append(pieces, piece{at, to, &nodes[top]})
		at = to
	}
	return pieces, nil
}

// startsOf lists the nodes with data that are whole, in the order of the file.
func startsOf(nodes []inode, size int64) []int {
	var starts []int
	for i := range nodes {
		if n := &nodes[i]; n.dsize > 0 && !n.bad && int64(n.offset) < size {
			starts = append(starts, i)
		}
	}
	slices.SortStableFunc(starts, func(a, b int) int { return cmp.Compare(nodes[a].offset, nodes[b].offset) })
	return starts
}

// missing is the error for bytes that no node holds.
func missing(nodes []inode, starts []int, at, size int64) error {
	to := size
	if len(starts) > 0 {
		to = int64(nodes[starts[0]].offset)
	}
	for i := range nodes {
		if n := &nodes[i]; n.bad && int64(n.offset) < to && n.end() > at {
			return format.Errorf(n.at, "the node of bytes %d to %d is damaged, and no older one has them", n.offset, n.end())
		}
	}
	return format.Errorf(nodes[0].at, "no node has bytes %d to %d of the file", at, to)
}

// newestFirst is a heap of nodes.
type newestFirst []int

func (h newestFirst) Len() int           { return len(h) }
func (h newestFirst) Less(i, j int) bool { return h[i] > h[j] }
func (h newestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *newestFirst) Push(x any)        { *h = append(*h, x.(int)) }
func (h *newestFirst) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
