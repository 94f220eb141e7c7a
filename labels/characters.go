package labels

import (
	"slices"
	"sync"
	"unicode"
)

// Characters are those of which a text on a label can be made, so that programs judge it the
// same, whatever version of Unicode they know: those of Unicode 15.0 that are printed and
// that show something, of the first plane, Adlam, Chakma, Han and common pictures of
// the others. The numbers are the lengths of ranges, by turns of characters that are left out
// and of those that are not; each in base 29, most significant digit first: the last
// digit is one of a to }, those before it are of ? to [. Verifiers in other languages
// read the same.
const Characters = "@dBi@enbVgb@lcgehbbbubLub@jc@vcdb@{i|egrwbEsb@tcAbcBooAbc@ucpb}cbblf@cjAqbDqbicccwbhbbdecjccceibecbfczcdbgeccwbhbcbcbc" +
	"cbbfeccddbhebbhrkdbjbdbwbhbcbfckbdbdcbpecmhhbdbicccwbhbcbfcjcccdhdecbfcskcbgddbedcbbbcdcdddmefddbecbgbovfnbdbxbqcjbdbe" +
	"hcbdcbceckhwbdbxbkbfcjbdbehcgcbeckbdmnbdb@wbdbgeqc{bdbsdybjbbchdbegbbbigkcdmAae@a@icbbbfbybbbxcfbbbhbkce@dAob@he@kb@hb" +
	"pbn@iEybbfbcC|cGabechbbbec@mbec@ebechbbbecpb@}becAjc@dd{gA}cgcUcb}dBchwjyjumnbdbcm@xc@lckgkglfkgBch@ofAmk@cbmemebd@ncf" +
	"l@pe{gldAecAhb@aclgkgoc@c@uAtd@sbCaiAcdpdAch@ocli@ofQmcgc@jcgcibbbbbbb@cc@ybpbocgbtcdbjryi@srcc|bnd@ep@epCyeUzzlv@Bab@" +
	"@nc@dbKbf@qbbfbc@|hcoyjhbhbhbhbhbhbhbhbCk@f{bBcmFl{mfAfbA}cBqf@ob@wb@nbA{m@sb@DWdd@{jKauEkiFafcbbbfyAbdkg@|iAmimgCal@b" +
	"dAuble@eb@{jockcBqy}kgcgcgjhbhbAceCkckgLGhmxe@uI@nKscBt@jhmff{bfbbbcbcbCjqNkc@zhb@dqqkg@wbtbeefbCteDob@bdgcgcgcddhbhnc" +
	"DDe@ybsAFRiAsekecAY}@?h@tBberdnPwGy@V}@TVd@dCZhgFtcEWuoGXuBSaQu@U|DXjfC[q"

// ranges are the ends of those ranges.
var ranges = sync.OnceValue(func() []rune {
	var ends []rune
	var at, n rune
	for _, c := range Characters {
		if c < 'a' {
			n = n*29 + c - '?'
			continue
		}
		at, n = at+n*29+c-'a', 0
		ends = append(ends, at)
	}
	return ends
})

// isCharacter reports whether a text may hold a character.
func isCharacter(r rune) bool {
	i, exact := slices.BinarySearch(ranges(), r)
	if exact {
		i++
	}
	return i%2 == 1
}

// unseen reports whether a character counts as printed and shows nothing.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800' // the blank of Braille
}
