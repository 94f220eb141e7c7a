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
// digit is one of ? to [, those before it are of a to }. Verifiers in other languages
// read the same.
const Characters = "bBdGbCL@xE@bJAECF@@@S@nS@bHAbTAB@bYGZCEPU@gQ@bRAc@AdMMc@AbSAN@[A@@JDbAHcO@fO@GAAAU@F@@BCAHAAACG@CA@DAXAB@ECAAU@F@A@A@A" +
	"A@@DCAABB@FC@@FPIB@H@B@U@F@A@DAI@B@BA@NCAKFF@B@GAAAU@F@A@DAHAAABFBCA@DAQIA@EBB@CBA@@@ABABBBKCDBB@CA@E@MTDL@B@V@OAH@B@C" +
	"FA@BA@ACAIFU@B@V@I@DAH@B@CFAEA@CAI@BKL@B@bU@B@ECOAY@B@QBW@H@@AFB@CE@@@GEIABKc?Cb?bGA@@@D@W@@@VAD@@@F@IACbBcM@bFCbI@bF@" +
	"N@LbGgW@@D@AeZAi?@CAF@@@CAbK@CAbC@CAF@@@CAN@b[@CAcHAbBBYEc[AEAwA@[BdAFUHWHSKL@B@AKbVAbJAIEIEJDIEdAFbMDcKIbA@KCKC@BbLAD" +
	"JbNCYEJBcCAcF@b?AJEIEMAbAbScRBbQ@e?GcABNBcAFbMAJGbMDsKAEAbHAEAG@@@@@@@bAAbW@N@MAE@RAB@HPWGbQPAAZ@LBbCNbCNeWCwXXJTbd?@b" +
	"bLAbB@m@DbO@@D@AbZFAMWHF@F@F@F@F@F@F@F@eIbDY@dAKhJYKDcD@c[AdODbM@bU@bL@cYKbQ@bfyBBbYHm?SgIGh?DA@@@DWc@BIEbZGcKGKEe?Jb@" +
	"BcS@JCbC@bYHMAIAdOW[IEAEAEHF@F@cACeIAIEniFKVCbSkbLmQAdRbHFKDDY@D@@@A@A@eHOpIAbXF@bBOOIEbU@R@CCD@eRCfM@b@BEAEAEABBF@FLA" +
	"ffCbW@QchtGcQCICAc{[baFbRd@CPBLrUiWbx[bvxBbBe|FEhRAgySMizSdu?sSbwZfzHDe}O"

// ranges are the ends of those ranges.
var ranges = sync.OnceValue(func() []rune {
	var ends []rune
	var at, n rune
	for _, c := range Characters {
		if c >= 'a' {
			n = n*29 + c - 'a'
			continue
		}
		at, n = at+n*29+c-'?', 0
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
