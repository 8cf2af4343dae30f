module syncpool/benchmarks

go 1.19
