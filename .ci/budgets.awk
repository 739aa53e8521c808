# Reads .ci/budgets, then the events of `go test -json`. Fails if a package took more than three times its budget, and warns from
# one and a half times on. The machines that run it are noisy: if all packages together took longer than their budgets, each may
# take longer by that factor.
#
#   awk -F '"' -f .ci/budgets.awk .ci/budgets events.json

NR == FNR {
  sub(/#.*/, "")
  if (split($0, words, " ") == 2) budget[words[1]] = words[2]
  next
}

# {"Time":"…","Action":"pass","Package":"latchkey/accounts","Elapsed":12.3}; events of a test have "Test" before "Elapsed".
$14 == "Elapsed" {
  package = $12
  sub(/^latchkey\//, "", package)
  took[package] = substr($15, 2) + 0
  allowed[package] = (package in budget) ? budget[package] : 5
  all += took[package]
  planned += allowed[package]
}

END {
  if (!planned) {
    print "no package was seen in the events of go test -json"
    exit 1
  }
  slow = all > planned ? all / planned : 1
  for (package in took) {
    word = "warning"
    if (took[package] > 3 * slow * allowed[package]) {
      word = "FAIL"
      failed = 1
    }
    if (took[package] > 1.5 * slow * allowed[package])
      printf "%s: %s took %.0f s, its budget is %.0f s, this machine %.1f times slower\n", word, package, took[package], allowed[package], slow
  }
  exit failed
}
