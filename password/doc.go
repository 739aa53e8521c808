// Package password holds the password policy and everything that is judged or made from it. It is pure: it knows no
// database, no clock, no language; randomness is handed in.
//
// How the files hang together:
//
//   - policy.go has the types Policy and Policies, rules.go the one table of the twelve rules. Reading the file, words,
//     check, checklist and browser hints all walk that table: a new rule is a field in Policy and a row there.
//   - parse.go and parserule.go turn a policy file into Policies and collect every Problem (problem.go). They stand on
//     json.go, jsonvalue.go and jsontext.go, a reader of JSON with comments that knows lines; suggest.go guesses what a
//     misspelt key was meant to be, contradict.go finds rules that exclude each other.
//   - normalize.go makes what was typed into what is checked and hashed; classes.go counts it; check.go judges it;
//     hints.go tells browsers about it.
//   - compliance.go has the settings beside the file that raise its rules, recipe.go how passwords are to be generated.
//   - judgement.go says where a policy departs from the standards; preset.go has whole files to begin with.
//   - regex.go compiles allowedRegex. Its Java syntax is read by regexread.go, regexgroup.go, regexquantifier.go,
//     regexescape.go, regexproperty.go and regexclass.go into the tree of regexnode.go, in which every character class
//     is an explicit set (runeset.go, fold.go); regexwrite.go writes the tree in the engine's syntax.
//   - generate.go makes passwords: layout.go walks the same tree to find what may stand at each place, demand.go says
//     what must occur, fill.go draws the characters, alphabet.go says which are preferred, random.go draws without bias.
//   - hash.go hashes and verifies; phc.go reads and writes the stored form.
package password
