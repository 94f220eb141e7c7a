package facts

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// Budgets are counted in units of about a microsecond on the machine on which
// the costs of a try were measured. They are numbers, not times: the answer is
// the same on every machine. They are for a whole image, whatever it holds.
const (
	budgetOfList  = 3_500_000
	budgetOfWords = 400_000
	guessGroup    = 8        // passwords that are tried on a hash in one round
	allMemory     = 96 << 20 // bytes that all tries at one time may take
	maxGuessed    = 2000     // distinct hashes of an image that are tried
)

// guessing is a distinct hash, who has it, and how far its words were tried.
type guessing struct {
	kind   HashKind
	rounds int
	hash   string
	users  []Account // the most likely first
	words  []string
	cost   int
	memory int
	tried  int
	opened atomic.Bool
	short  string
}

// guessEach tries words on the distinct hashes of accounts and answers for each
// account whose hash the image holds, in their order.
func guessEach(accounts []Account, budget int, words func(same []Account) []string) []Guess {
	jobs, of := guessings(accounts)
	for i, j := range jobs {
		j.words = words(j.users)
		if i >= maxGuessed {
			j.short = "the image has more hashes than are tried"
			continue
		}
		j.cost, j.memory, j.short = hashes.Cost(j.kind, j.rounds, j.hash)
	}
	spend(jobs, budget)
	guesses := []Guess{}
	for i, a := range accounts {
		if a.BuiltIn() {
			guesses = append(guesses, guessOf(a, of[i], words))
		}
	}
	return guesses
}

func guessOf(a Account, j *guessing, words func(same []Account) []string) Guess {
	g := Guess{Name: a.Name, Kind: a.Kind, HashKind: a.HashKind, Superseded: a.Superseded, Location: a.Location}
	if j == nil {
		g.Of, g.Short = len(words([]Account{a})), "the hash is not at hand"
		return g
	}
	g.Opened, g.Tried, g.Of, g.Short = j.opened.Load(), j.tried, len(j.words), j.short
	if g.Opened {
		g.Tried, g.Short = min(g.Of, (g.Tried+guessGroup-1)/guessGroup*guessGroup), ""
	}
	return g
}

// guessings are the distinct hashes, those of likely accounts first, and for
// each account that of its hash.
func guessings(accounts []Account) (jobs []*guessing, of map[int]*guessing) {
	of = map[int]*guessing{}
	distinct := map[string]*guessing{}
	for i, a := range accounts {
		hash, ok := a.Hash.Reveal()
		if !ok || !a.BuiltIn() {
			continue
		}
		key := string(a.HashKind) + "\x00" + hash
		if distinct[key] == nil {
			distinct[key] = &guessing{kind: a.HashKind, rounds: a.Rounds, hash: hash}
			jobs = append(jobs, distinct[key])
		}
		of[i] = distinct[key]
		of[i].users = append(of[i].users, a)
	}
	for _, j := range jobs {
		slices.SortStableFunc(j.users, byLikelihood)
	}
	slices.SortStableFunc(jobs, func(a, b *guessing) int {
		return cmp.Or(byLikelihood(a.users[0], b.users[0]), cmp.Compare(a.hash, b.hash))
	})
	return jobs, of
}

// byLikelihood puts first whom attackers try first: the superuser, then who gets
// in at all; what only a backup has comes last.
func byLikelihood(a, b Account) int {
	rank := func(a Account) int {
		switch {
		case a.Superseded:
			return 3
		case a.Login && (a.UID == 0 || a.Name == "root"):
			return 0
		case a.Login:
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
}

// spend tries the words of all hashes in rounds until the budget is spent. The
// first of the hashes gets its likely words before the others, as long as half of
// the budget is left; then each gets as many words in a round as all can have.
func spend(jobs []*guessing, budget int) {
	for left := budget / 2; len(jobs) > 0 && jobs[0].tried < firstPairs+firstUsers+firstCommon; {
		spent := round(jobs[:1], guessGroup, left)
		if spent == 0 {
			break
		}
		left -= spent
		budget -= spent
	}
	for {
		open := slices.DeleteFunc(slices.Clone(jobs), (*guessing).over)
		all := 0
		for _, j := range open {
			all += j.cost
		}
		if all == 0 {
			break
		}
		spent := round(open, max(1, min(guessGroup, budget/all)), budget)
		if spent == 0 {
			break
		}
		budget -= spent
	}
	for _, j := range jobs {
		if !j.over() {
			j.short = "the tries of an image are limited, and it has many hashes"
			if len(j.words)*j.cost > budgetOfList {
				j.short = "each try of " + string(j.kind) + " is slow by design"
			}
		}
	}
}

func (j *guessing) over() bool { return j.short != "" || j.opened.Load() || j.tried == len(j.words) }

// round tries up to n words on each hash, side by side, and tells what it spent.
func round(jobs []*guessing, n, budget int) (spent int) {
	type try struct {
		of   *guessing
		word string
	}
	var tries []try
	memory := 1
	for _, j := range jobs {
		if j.over() {
			continue
		}
		words := j.words[j.tried:]
		words = words[:min(n, len(words), (budget-spent)/j.cost)]
		for _, w := range words {
			tries = append(tries, try{j, w})
			memory = max(memory, j.memory)
		}
		j.tried += len(words)
		spent += len(words) * j.cost
	}
	next := make(chan try)
	var wg sync.WaitGroup
	for range max(1, min(runtime.GOMAXPROCS(0), len(tries), allMemory/memory)) {
		wg.Go(func() {
			for t := range next {
				if hashes.Fits(t.of.kind, t.of.hash, t.word) {
					t.of.opened.Store(true)
				}
			}
		})
	}
	for _, t := range tries {
		next <- t
	}
	close(next)
	wg.Wait()
	return spent
}
