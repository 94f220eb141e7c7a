package labels

import "testing"

// Joiners stand where a script needs them, and nowhere else: there nobody would see them.
func TestJoiners(t *testing.T) {
	for text, good := range map[string]bool{
		"هاب می\u200cسان":            true,
		"ශ්\u200dරී":                 true,
		"ഇലക്ട്രോണിക്\u200dസ്":       true,
		"র\u200d্যাম":                true, // Bengali, before the sign
		"क्\u200cष":                  true,
		"م\u200cي\u200cم":            true,
		"क\u200cष":                   false, // nothing changes
		"ශ්\u200d":                   false,
		"\u200dرى":                   false,
		"می\u200c\u200cسان":          false,
		"Ac\u200cme":                 false,
		"م\u200cක":                   false,
		"ශ්\u200dर":                  false, // of two scripts
		"م\u200c1":                   false,
		"\U0001f468\u200d\U0001f4bb": false,
	} {
		if got := CheckText(text) == nil; got != good {
			t.Errorf("%+q: may stand on a label %v, want %v", text, got, good)
		}
		if shown := Visible(text); (shown == text) != good {
			t.Errorf("%+q is shown as %+q", text, shown)
		}
	}
}
