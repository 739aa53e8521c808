// Package password holds the password policy and everything that is judged or made from it. It is pure: it knows no
// database, no clock, no language; randomness is handed in.
//
// How the files hang together:
//
//   - policy.go has the types Policy and Policies, rules.go the one table of the twelve rules. Reading the file, words,
//     check, checklist and browser hints all walk that table: a new rule is a field in Policy and a row there.
//   - read.go reads a policy file; parse.go and parserule.go turn it into Policies and collect every Problem (problem.go). They stand on
//     json.go, jsonvalue.go and jsontext.go, a reader of JSON with comments that knows lines; suggest.go guesses what a
//     misspelt key was meant to be, contradict.go finds rules that exclude each other, with composed.go
//     also those that only text without normalisation could keep; doubt.go says what cannot be promised of a policy.
//   - normalize.go makes what was typed into what is checked and hashed; classes.go counts it; check.go judges it;
//     hints.go tells browsers about it.
//   - compliance.go has the settings beside the file that raise its rules, recipe.go how passwords are to be generated, fit.go
//     what its alphabets take.
//   - judgement.go says where a policy departs from the standards; preset.go has whole files to begin with.
//   - compiled.go is what is made of a policy once. Package regex makes the automaton of its expression; language.go puts
//     that together with the counts of tally.go and an alphabet (alphabet.go) to the set of passwords that are allowed,
//     and reach.go finds out how long these are.
//   - generate.go makes passwords by a recipe (recipe.go): plan.go chooses length and alphabet, count.go counts how many
//     passwords there are and draws one of them, random.go draws numbers without bias. tilt.go is for minimums that are
//     too large to be counted, by weights (weigh.go), with free.go where symbols do not depend on each other; walk.go is for
//     automata that are too large, guess.go for expressions that refer to what they matched.
//   - hash.go hashes and verifies; phc.go reads and writes the stored form.
package password
