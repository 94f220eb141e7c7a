package format

// OneByOne makes the batches of a tree whose contents have nothing in common:
// each regular file is read by the tree's Read.
func OneByOne(t Tree) []Batch {
	var batches []Batch
	for i, e := range t.Entries() {
		if e.Mode.IsRegular() && e.Inode == i && e.Err == nil {
			batches = append(batches, Batch{
				Entries: []int{i},
				Run: func(_ func(int, func(int)), visit func(int, []byte, error)) {
					content, err := t.Read(i)
					visit(i, content, err)
				},
			})
		}
	}
	return batches
}
