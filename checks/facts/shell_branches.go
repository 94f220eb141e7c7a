package facts

import (
	"slices"
	"strings"
)

// What branches leave in the variables: each is walked from what was before, and their
// ends are put together.

// branchEnd is what a branch left in the variables that it set, by name.
type branchEnd struct {
	left []heldBy // a part of shellRoom.ended
	gone bool     // the script ended in it
}

// openBranch is a branch that is walked, if one is. What the variables that it sets held before
// stands in shellRoom.before from an index on: a branch ends before those around it.
type openBranch struct {
	open bool
	from int
	seen map[string]bool // those variables, where they are many
}

// maxSought is how many variables of a branch are looked through for one of them.
const maxSought = 16

// remember keeps what a variable held before the branch that is walked set it.
func (r *shellRun) remember(name string) {
	b, own := &r.branch, r.world.before[r.branch.from:]
	switch {
	case len(own) < maxSought:
		if slices.ContainsFunc(own, func(h heldBy) bool { return h.name == name }) {
			return
		}
	case b.seen == nil:
		b.seen = make(map[string]bool, 2*maxSought)
		for _, h := range own {
			b.seen[h.name] = true
		}
		fallthrough
	default:
		if b.seen[name] {
			return
		}
		b.seen[name] = true
	}
	r.world.before = append(r.world.before, heldBy{name, r.holds(name)})
}

// inBranch walks a branch and takes back what it set. Whoever calls it joins the ends of
// the branches; till then they stand in shellRoom.ended.
func (r *shellRun) inBranch(f func() (outcome, flow)) (outcome, flow, branchEnd) {
	was, room := r.branch, &r.world.shellRoom
	begin := len(room.before)
	r.branch = openBranch{open: true, from: begin}
	got, fl := f()
	r.branch = was
	end, own, from := branchEnd{gone: fl == exits}, room.before[begin:], len(room.ended)
	for _, h := range own {
		room.ended = append(room.ended, heldBy{h.name, r.holds(h.name)})
		r.hold(h.name, h.held)
	}
	end.left = room.ended[from:len(room.ended):len(room.ended)]
	slices.SortFunc(end.left, func(a, b heldBy) int { return strings.Compare(a.name, b.name) })
	clear(own)
	room.before = room.before[:begin]
	return got, fl, end
}

// perhaps walks what may not run at all.
func (r *shellRun) perhaps(f func() (outcome, flow)) (outcome, flow) {
	got, fl, end := r.inBranch(f)
	r.join(branchEnd{}, end)
	return got, fl
}

// join puts together what branches left. The last one that set a variable gives the
// value that stands where only one can.
func (r *shellRun) join(ends ...branchEnd) {
	all := 0
	for _, e := range ends {
		all += len(e.left)
	}
	if all == 0 {
		return
	}
	ends = slices.DeleteFunc(ends, func(e branchEnd) bool { return e.gone })
	for {
		name, found := firstLeft(ends)
		if !found {
			break
		}
		r.joinOf(name, ends)
	}
	r.world.ended = r.world.ended[:len(r.world.ended)-all]
}

// firstLeft gives the first name of those that branches left.
func firstLeft(ends []branchEnd) (name string, found bool) {
	for _, e := range ends {
		if len(e.left) > 0 && (!found || e.left[0].name < name) {
			name, found = e.left[0].name, true
		}
	}
	return name, found
}

// joinOf puts together what branches left in the first variable of which they did.
func (r *shellRun) joinOf(name string, ends []branchEnd) {
	now, main := r.holds(name), held{}
	others := r.world.values[:0]
	for i := range ends {
		e, h := &ends[i], now
		if len(e.left) > 0 && e.left[0].name == name {
			h, e.left = e.left[0].held, e.left[1:]
			main = h
		}
		if !h.set {
			h.value = r.unsetInBranch(name)
		}
		others = append(append(others, h.value), h.others...)
	}
	r.world.values = others
	value := main.value
	if !main.set {
		value = r.unsetInBranch(name)
	}
	var room [maxValues]shellValue
	switch list := distinctIn(room[:0], name, value, others); {
	case slices.Equal(list, now.others): // as most branches leave it
		main.others = now.others
	default:
		main.others = append([]shellValue(nil), list...)
	}
	main.value.sure = main.value.sure && len(main.others) == 0
	r.change(name, main)
}

// distinct lists the values that differ from the one that a variable holds.
func distinct(name string, value shellValue, all []shellValue) []shellValue {
	var room [maxValues]shellValue
	return append([]shellValue(nil), distinctIn(room[:0], name, value, all)...)
}

// distinctIn appends them to others.
func distinctIn(others []shellValue, name string, value shellValue, all []shellValue) []shellValue {
	for _, v := range all {
		same := func(o shellValue) bool { return o.text == v.text && o.known == v.known }
		if same(value) || slices.ContainsFunc(others, same) {
			continue
		}
		if len(others) == maxValues-1 {
			return append(others, shellValue{text: "$" + name})
		}
		v.sure = false
		others = append(others, v)
	}
	return others
}
