# Reads .ci/budgets, then the events of `go test -json`. Fails if a package took more than three times its budget, and warns from
# one and a half times on: the machines that run it are noisy.
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
  seen++
  sub(/^latchkey\//, "", package)
  allowed = (package in budget) ? budget[package] : 5
  took = substr($15, 2) + 0
  word = "warning"
  if (took > 3 * allowed) {
    word = "FAIL"
    failed = 1
  }
  if (took > 1.5 * allowed) printf "%s: %s took %.0f s, its budget is %.0f s\n", word, package, took, allowed
}

END {
  if (!seen) {
    print "no package was seen in the events of go test -json"
    failed = 1
  }
  exit failed
}
