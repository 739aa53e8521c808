// Package password defines the password policy and checks passwords against it. It is pure: no database, no clock, no user
// interface language. Randomness is an argument.
//
//   - policy.go has Policy and Policies, rules.go the one table of rules. Reading a file, texts, checks, checklist and
//     browser hints all use that table: a new rule is a field of Policy and a row there.
//   - file.go reads a policy file and has some to start with. parse.go turns it into Policies or a list of Problems, and
//     json.go finds the lines.
//   - normalize.go makes a typed password into the one that is checked and hashed; classes.go counts its characters and
//     check.go applies the rules. symbol.go names a refused character.
//   - compliance.go has the settings that raise rules, generator_options.go the options of package generator.
//   - compiled.go remembers the compiled expression (package regex); compare.go, canonical.go and departures.go compare
//     policies, store them, and compare them with standards.
//   - hash.go hashes and verifies passwords.
package password
