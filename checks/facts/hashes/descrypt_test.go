package hashes

import "testing"

// The vectors come from crypt(3) of libxcrypt.
func TestDESCrypt(t *testing.T) {
	for _, v := range []struct{ password, salt, want string }{
		{"support", "aB", "aBmE9xr..b1X."},
		{"password", "ab", "abJnggxhB/yWI"},
		{"", "ab", "abmF1QH4PEr.E"},
		{"passwordandmore", "ab", "abJnggxhB/yWI"}, // eight characters count
		{"xc3511", "zz", "zzzv7lXE7DXyo"},
	} {
		if got := desCrypt(v.password, v.salt); got != v.want {
			t.Errorf("desCrypt(%q, %q) = %q, want %q", v.password, v.salt, got, v.want)
		}
	}
}

func TestBSDiCrypt(t *testing.T) {
	for _, v := range []struct{ password, setting, want string }{
		{"password", "_J9..rasm", "_J9..rasmEedsvB6g8/6"},
		{"a password of many characters", "_J9..rasm", "_J9..rasmLHo9.30tnjY"},
		{"", "_6C/.yaiu", "_6C/.yaiu..........."},
	} {
		if got := bsdiCrypt(v.password, v.setting); got != v.want {
			t.Errorf("bsdiCrypt(%q, %q) = %q, want %q", v.password, v.setting, got, v.want)
		}
	}
}

func BenchmarkDESCrypt(b *testing.B) {
	for b.Loop() {
		desCrypt("password", "ab")
	}
}
