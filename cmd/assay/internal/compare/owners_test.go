package compare

import "testing"

// Owners that one side does not have are not compared; what both have is, and all else.
func TestSameOwners(t *testing.T) {
	for _, tt := range []struct {
		old, new string
		changes  int
	}{
		{"-rw-r--r-- 0:0, 3 bytes, aa", "-rw-r--r--, 3 bytes, aa", 0},
		{"directory, -rwxr-xr-x", "directory, -rwxr-xr-x 0:0", 0},
		{"-rw-r--r-- 0:0, 3 bytes, aa", "-rw-r--r-- 1:0, 3 bytes, aa", 1},
		{"-rw-r--r-- 0:0, 3 bytes, aa", "-rw-r--r--, 3 bytes, bb", 1},
		{"-rwsr-xr-x 0:0, 3 bytes, aa", "-rwxr-xr-x, 3 bytes, aa", 1},
		{"link to a 1:2", "link to a", 1},
	} {
		before, after := map[string]string{"x": tt.old}, map[string]string{"x": tt.new}
		if got := values(sameOwners(before, after), after); len(got) != tt.changes {
			t.Errorf("%q, %q: %v", tt.old, tt.new, got)
		}
	}
}
