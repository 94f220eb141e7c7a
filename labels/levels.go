package labels

import (
	"strings"
	"sync"
)

// levelPhrases are those of levels that a title could print where the trust policy
// allows none, in digits and in words. In other texts they have other meanings.
var levelPhrases = sync.OnceValue(func() []phrase {
	list := []string{"cls#", "lvl #", "star #", "level#", "eal#", "tier #", "class #", "grade #", "sl #", "# star", "# stars", "# of #"}
	for _, language := range []struct{ kinds, numbers, stars, of string }{
		{"level lvl tier grade eal cls sl", "one two three four five", "star stars", "of"},
		{"level lvl tier grade eal cls sl", "i ii iii iv v", "star stars", "of"}, // in Roman numerals
		{"assurance level eucc", "high substantial", "", ""},                     // of the EU's schemes
		{"stufe", "eins zwei drei vier fünf i ii iii iv v", "stern sterne", "von"},
		{"niveau", "un deux trois quatre cinq i ii iii iv v", "étoile étoiles", "sur"},
		{"レベル", "一 二 三 四 五", "つ星", ""},
		{"المستوى مستوى", "الأول الثاني الثالث الرابع الخامس", "", ""},
	} {
		for _, n := range strings.Fields(language.numbers) {
			for _, kind := range strings.Fields(language.kinds) {
				list = append(list, kind+" "+n)
			}
			for _, stars := range strings.Fields(language.stars) {
				list = append(list, n+" "+stars)
			}
			for _, most := range strings.Fields(language.numbers) {
				if language.of != "" {
					list = append(list, n+" "+language.of+" "+most)
				}
			}
		}
	}
	return phrases(list...)()
})

// kin are schemes that people know, with the phrases of their real names that hold the words
// of another: nobody takes these for it. They follow what the schemes' owners call them.
var kin = map[string]func() []phrase{
	"cls-md":          phrases("cybersecurity labelling scheme for medical devices", "cybersecurity labeling scheme for medical devices"),
	"sg-cls-md":       phrases("cybersecurity labelling scheme for medical devices", "cybersecurity labeling scheme for medical devices"),
	"sg-cls-ready":    phrases("cybersecurity labelling scheme ready", "cls ready"),
	"etsi-ts-103-701": phrases("cyber security for consumer internet of things conformance assessment of baseline requirements"),
	"etsi-tr-103-621": phrases("guide to cyber security for consumer internet of things"),
	"psa-certified":   phrases("psa certified level 1"), // the least; others stand in the id
	"de-bsi-tr-03148": phrases(),
	"de-bsi-tr-03173": phrases(),
	"de-bsi-tr-03174": phrases(),
}

// withoutKin gives the text without the names that a scheme bears in its own right, so that
// they are not taken for another's.
func (t text) withoutKin(id string) text {
	names, ok := kin[id]
	if !ok {
		return t
	}
	s := strings.Join(t.words, " ")
	for _, name := range names() {
		form := strings.Join(wordsOf(name.words).words, " ")
		s = strings.TrimSpace(strings.ReplaceAll(" "+s+" ", " "+form+" ", " · "))
	}
	return wordsOf(s)
}
