package lazyregexp

import "testing"

func TestGet(t *testing.T) {
	r := New(`^a(b+)$`)
	if r.String() != `^a(b+)$` || r.re != nil {
		t.Error("it is compiled before it is used")
	}
	if m := r.Get().FindStringSubmatch("abb"); len(m) != 2 || m[1] != "bb" {
		t.Errorf("found %q", m)
	}
	if first := r.Get(); r.Get() != first {
		t.Error("it is compiled again")
	}
	if !r.MatchString("ab") || r.MatchString("a") {
		t.Error("matches what it should not, or not what it should")
	}
}

func TestWrong(t *testing.T) {
	r := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression does not panic when it is used")
		}
	}()
	r.Get()
}
