package labels

import "testing"

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Example Body", "example   BODY", true},
		{"Example Body", "Ex\u0430mple Body", true},           // Cyrillic a
		{"Example Body", "\u0415\u0445\u0430mple Body", true}, // Cyrillic E, x, a
		{"BODY", "\u0412\u041eDY", true},                      // Cyrillic capitals
		{"Example Body", "Examp1e Body", true},                // a digit
		{"TUV Example", "TU\u200bV Example", true},            // a space of no width
		{"T\u00dcV Example", "TU\u0308V Example", true},       // an accent set apart
		{"Foy\u00e9r", "Foye\u0301r", true},
		{"Tuv Example", "Tu\u0308v Example", false},
		{"\u04c0nc", "Inc", true},                          // Cyrillic palochka, large
		{"\ua4d4UV", "TUV", true},                          // Lisu
		{"\u13a2uv", "Tuv", true},                          // Cherokee
		{"Body \uff11", "Body 1", true},                    // a wide digit
		{"\u039f\u03a5\u0396", "\u03bf\u03c5\u03b6", true}, // large and small
		{"ガラス電機", "カ\u3099ラス電機", true},
		{"Việt Home", "Vie\u0323\u0302t Home", true},
		{"TP-Link", "TP\u2011Link", true},
		{"O'Neil", "O\u2019Neil", true},
		{"Kärcher", "K\u04d3rcher", true}, // Cyrillic ä
		{"\ufb01tbit", "fitbit", true},
		{"hue", "\u043due", true}, // Cyrillic, small
		{"kasa", "\u043aasa", true},
		{"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", true},
		{"Example Body", "Example Bodies", false},
		{"T\u00dcV Example", "TUV Example", false}, // people see that
		{"\u65e5\u672c", "\u65e5\u66f8", false},
		{"\u0411\u044e\u0440\u043e", "\u0411\u044e\u0440\u043e 2", false},
		{"", "a", false},
	} {
		if SameName(c.a, c.b) != c.same || SameName(c.b, c.a) != c.same {
			t.Errorf("%q and %q: want %v", c.a, c.b, c.same)
		}
	}
}

func BenchmarkSameName(b *testing.B) {
	for b.Loop() {
		SameName("Example Body of Certification", "Example B\u043edy of Certification")
	}
}
