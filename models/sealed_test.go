package models_test

import (
	"fmt"
	"testing"

	"latchkey/models"
)

// TestCountSealed counts secrets of keys before, between and after those that are known.
func TestCountSealed(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		key := func(n int) string { return fmt.Sprintf("%016x", n<<56) }
		for n := 1; n <= 5; n++ {
			secret := append([]byte{byte(n), 0, 0, 0, 0, 0, 0, 0}, "sealed"...)
			factor := models.Factor{ID: f.id(), AccountID: f.account(models.Account{}).ID, Kind: models.TOTPFactor, Secret: secret, CreatedAt: base}
			f.do(func(tx *models.Tx) error { return tx.CreateFactor(factor) })
		}
		for _, tc := range []struct {
			known []int
			want  int64
		}{{nil, 5}, {[]int{3}, 4}, {[]int{4, 2}, 3}, {[]int{3, 3}, 4}, {[]int{1, 5}, 3}, {[]int{9}, 5}, {[]int{1, 2, 3, 4, 5}, 0}} {
			var keys []string
			for _, n := range tc.known {
				keys = append(keys, key(n))
			}
			if got := must(f.read().CountSealed(keys...))(t); got != tc.want {
				t.Errorf("%d secrets are of other keys than %v, want %d", got, tc.known, tc.want)
			}
		}
	})
}
