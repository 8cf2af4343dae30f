(module
 (type $0 (func (param i32 i32) (result i32)))
 (type $1 (func (param i32 i32 i32 i32) (result i32)))
 (type $2 (func (param i32 i32 i32) (result i32)))
 (type $3 (func (param i32) (result i32)))
 (type $4 (func (param i32 i32 i32 i32 i32) (result i32)))
 (type $5 (func (result i32)))
 (type $6 (func (param i32 i32 i32 i32 i32 i32) (result i32)))
 (type $7 (func (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
 (type $8 (func (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
 (import "env" "memory" (memory $0 1 65536 shared))
 (export "correctAccounts" (func $accounts/correctAccounts))
 (export "calibrate" (func $calibration/calibrate))
 (export "pop" (func $deque/pop))
 (export "push" (func $deque/push))
 (export "steal" (func $deque/steal))
 (export "trim" (func $deque/trim))
 (export "vacate" (func $deque/vacate))
 (export "claimEntry" (func $entry/claimEntry))
 (export "limitPool" (func $entry/limitPool))
 (export "settleEntry" (func $entry/settleEntry))
 (export "advanceEpoch" (func $epoch/advanceEpoch))
 (export "claimLook" (func $epoch/claimLook))
 (export "claimTrim" (func $epoch/claimTrim))
 (export "endEpoch" (func $epoch/endEpoch))
 (export "beginClose" (func $gate/beginClose))
 (export "endClose" (func $gate/endClose))
 (export "moveGate" (func $gate/moveGate))
 (export "dropKeeper" (func $keeper/dropKeeper))
 (export "findKeeper" (func $keeper/findKeeper))
 (export "keep" (func $keeper/keep))
 (export "adopt" (func $line/adopt))
 (export "detach" (func $line/detach))
 (export "seize" (func $line/seize))
 (export "beginRelease" (func $purge/beginRelease))
 (export "claimReleaser" (func $purge/claimReleaser))
 (export "deactivate" (func $purge/deactivate))
 (export "disown" (func $purge/disown))
 (export "dropReleaser" (func $purge/dropReleaser))
 (export "endRelease" (func $purge/endRelease))
 (export "expelReleaser" (func $purge/expelReleaser))
 (export "place" (func $place/place))
 (export "claimRecovery" (func $row/claimRecovery))
 (export "claimRow" (func $row/claimRow))
 (export "dropClaim" (func $row/dropClaim))
 (export "endRecovery" (func $row/endRecovery))
 (export "inheritRow" (func $row/inheritRow))
 (export "leaveRow" (func $row/leaveRow))
 (export "activate" (func $slab/activate))
 (export "cut" (func $slab/cut))
 (export "cutRun" (func $slab/cutRun))
 (export "finishRun" (func $slab/finishRun))
 (export "home" (func $slab/home))
 (export "lowerSummary" (func $slab/lowerSummary))
 (export "openSlab" (func $slab/openSlab))
 (export "restoreSummary" (func $slab/restoreSummary))
 (export "take" (func $slab/take))
 (export "takeQuarter" (func $slab/takeQuarter))
 (export "prepareWait" (func $wait/prepareWait))
 (export "wakeClass" (func $wait/wakeClass))
 (func $wait/wakeClass (param $0 i32) (result i32)
  (local $1 i32)
  local.get $0
  i32.const 128
  i32.add
  local.tee $1
  i32.atomic.load
  local.tee $0
  i32.const 1
  i32.and
  if
   local.get $0
   local.get $1
   local.get $0
   local.get $0
   i32.const 1
   i32.add
   i32.atomic.rmw.cmpxchg
   i32.eq
   if
    local.get $1
    i32.const -1
    memory.atomic.notify
    drop
   end
  end
  i32.const 1
 )
 (func $wait/prepareWait (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  local.get $1
  i32.const 128
  i32.add
  i32.const 1
  i32.atomic.rmw.or
  i32.const 1
  i32.or
  i32.store offset=156
  i32.const 1
 )
 (func $slab/takeQuarter (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (result i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  i32.const 255
  local.get $4
  i32.const 3
  i32.shl
  i32.shl
  local.set $6
  local.get $1
  local.tee $4
  i32.load
  local.set $5
  i32.const 0
  local.set $1
  block $slab/takeAmong|inlined.1
   i32.const 88
   i32.load
   local.get $2
   i32.const 576
   i32.mul
   i32.add
   local.tee $7
   i32.atomic.load
   local.tee $8
   i32.const 3
   i32.and
   i32.const 1
   i32.eq
   if (result i32)
    local.get $5
    local.get $8
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.eq
   else
    i32.const 0
   end
   i32.eqz
   br_if $slab/takeAmong|inlined.1
   local.get $6
   local.get $7
   i32.const -64
   i32.sub
   local.get $3
   i32.const 2
   i32.shl
   i32.add
   local.tee $6
   i32.atomic.load
   i32.and
   local.tee $8
   i32.eqz
   br_if $slab/takeAmong|inlined.1
   i32.const -1
   local.set $1
   local.get $8
   local.get $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   i32.const -1
   i32.xor
   i32.and
   local.tee $8
   local.get $6
   local.get $8
   i32.const -1
   i32.xor
   i32.atomic.rmw.and
   i32.and
   local.tee $8
   i32.eqz
   br_if $slab/takeAmong|inlined.1
   local.get $7
   i32.const 12
   i32.add
   i32.load
   if
    local.get $7
    i32.const 0
    i32.store offset=12
   end
   local.get $7
   i32.atomic.load
   local.tee $7
   i32.const 3
   i32.and
   i32.const 1
   i32.eq
   if (result i32)
    local.get $5
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.eq
   else
    i32.const 0
   end
   i32.eqz
   if
    local.get $6
    local.get $8
    i32.atomic.rmw.or
    drop
    i32.const 1
    local.get $2
    i32.shl
    local.tee $3
    i32.const 68
    i32.load
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.const 896
    i32.mul
    i32.add
    i32.const 384
    i32.add
    local.get $2
    i32.const 5
    i32.shr_s
    i32.const 2
    i32.shl
    i32.add
    local.tee $0
    i32.atomic.load
    i32.and
    i32.eqz
    if
     local.get $0
     local.get $3
     i32.atomic.rmw.or
     drop
    end
    i32.const 68
    i32.load
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.const 896
    i32.mul
    i32.add
    i32.const 128
    i32.add
    local.tee $0
    i32.atomic.load
    local.tee $2
    i32.const 1
    i32.and
    if
     local.get $2
     local.get $0
     local.get $2
     local.get $2
     i32.const 1
     i32.add
     i32.atomic.rmw.cmpxchg
     i32.eq
     if
      local.get $0
      i32.const -1
      memory.atomic.notify
      drop
     end
    end
    br $slab/takeAmong|inlined.1
   end
   local.get $8
   i32.popcnt
   local.set $1
   local.get $3
   i32.const 5
   i32.shl
   local.get $2
   i32.const 12
   i32.shl
   i32.or
   local.set $2
   local.get $8
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $8
    i32.ctz
    i32.add
    local.tee $3
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $3
    i32.store offset=192
   end
   local.get $8
   local.get $8
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=196
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=200
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=204
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=208
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=212
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $5
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $5
    i32.store offset=216
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $2
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $2
    i32.store offset=220
   end
   local.get $0
   i32.const 3
   i32.store offset=144
   local.get $0
   local.get $4
   i32.store offset=140
   local.get $0
   local.get $1
   i32.store offset=136
  end
  local.get $1
 )
 (func $slab/take (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (result i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  local.get $1
  local.tee $5
  i32.load
  local.set $6
  i32.const 0
  local.set $1
  block $slab/takeAmong|inlined.0
   i32.const 88
   i32.load
   local.get $2
   i32.const 576
   i32.mul
   i32.add
   local.tee $8
   i32.atomic.load
   local.tee $7
   i32.const 3
   i32.and
   i32.const 1
   i32.eq
   if (result i32)
    local.get $6
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.eq
   else
    i32.const 0
   end
   i32.eqz
   br_if $slab/takeAmong|inlined.0
   local.get $8
   i32.const -64
   i32.sub
   local.get $3
   i32.const 2
   i32.shl
   i32.add
   local.tee $9
   i32.atomic.load
   local.tee $7
   i32.eqz
   br_if $slab/takeAmong|inlined.0
   i32.const -1
   local.set $1
   local.get $7
   local.get $7
   local.get $7
   i32.const 1
   i32.sub
   i32.and
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 1
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 2
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 3
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 4
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 5
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 6
   i32.gt_s
   select
   local.tee $7
   i32.const 1
   i32.sub
   local.get $7
   i32.and
   local.get $7
   local.get $4
   i32.const 7
   i32.gt_s
   select
   i32.const -1
   i32.xor
   i32.and
   local.tee $4
   local.get $9
   local.get $4
   i32.const -1
   i32.xor
   i32.atomic.rmw.and
   i32.and
   local.tee $4
   i32.eqz
   br_if $slab/takeAmong|inlined.0
   local.get $8
   i32.const 12
   i32.add
   i32.load
   if
    local.get $8
    i32.const 0
    i32.store offset=12
   end
   local.get $8
   i32.atomic.load
   local.tee $7
   i32.const 3
   i32.and
   i32.const 1
   i32.eq
   if (result i32)
    local.get $6
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.eq
   else
    i32.const 0
   end
   i32.eqz
   if
    local.get $9
    local.get $4
    i32.atomic.rmw.or
    drop
    i32.const 1
    local.get $2
    i32.shl
    local.tee $3
    i32.const 68
    i32.load
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.const 896
    i32.mul
    i32.add
    i32.const 384
    i32.add
    local.get $2
    i32.const 5
    i32.shr_s
    i32.const 2
    i32.shl
    i32.add
    local.tee $0
    i32.atomic.load
    i32.and
    i32.eqz
    if
     local.get $0
     local.get $3
     i32.atomic.rmw.or
     drop
    end
    i32.const 68
    i32.load
    local.get $7
    i32.const 2
    i32.shr_s
    i32.const 1023
    i32.and
    i32.const 896
    i32.mul
    i32.add
    i32.const 128
    i32.add
    local.tee $0
    i32.atomic.load
    local.tee $2
    i32.const 1
    i32.and
    if
     local.get $2
     local.get $0
     local.get $2
     local.get $2
     i32.const 1
     i32.add
     i32.atomic.rmw.cmpxchg
     i32.eq
     if
      local.get $0
      i32.const -1
      memory.atomic.notify
      drop
     end
    end
    br $slab/takeAmong|inlined.0
   end
   local.get $4
   i32.popcnt
   local.set $1
   local.get $3
   i32.const 5
   i32.shl
   local.get $2
   i32.const 12
   i32.shl
   i32.or
   local.set $2
   local.get $4
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $4
    i32.ctz
    i32.add
    local.tee $3
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $3
    i32.store offset=192
   end
   local.get $4
   local.get $4
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=196
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=200
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=204
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=208
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=212
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $4
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $4
    i32.store offset=216
   end
   local.get $3
   local.get $3
   i32.const 1
   i32.sub
   i32.and
   local.tee $3
   if
    i32.const 96
    i32.load
    local.get $2
    local.get $3
    i32.ctz
    i32.add
    local.tee $2
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $2
    i32.store offset=220
   end
   local.get $0
   i32.const 3
   i32.store offset=144
   local.get $0
   local.get $5
   i32.store offset=140
   local.get $0
   local.get $1
   i32.store offset=136
  end
  local.get $1
 )
 (func $slab/restoreSummary (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  i32.const 1
  local.get $1
  i32.shl
  local.tee $2
  local.get $0
  i32.const 384
  i32.add
  local.get $1
  i32.const 5
  i32.shr_s
  i32.const 2
  i32.shl
  i32.add
  local.tee $0
  i32.atomic.load
  i32.and
  i32.eqz
  if
   local.get $0
   local.get $2
   i32.atomic.rmw.or
   drop
  end
  i32.const 1
 )
 (func $slab/openSlab (result i32)
  (local $0 i32)
  i32.const 192
  i32.atomic.load
  local.tee $0
  i32.const 65535
  i32.and
  local.get $0
  i32.const 16
  i32.shr_u
  i32.ge_s
  if
   i32.const -2
   return
  end
  i32.const 1
  i32.const -1
  local.get $0
  i32.const 192
  local.get $0
  local.get $0
  i32.const 65535
  i32.and
  i32.const 1
  i32.add
  local.get $0
  i32.const -65536
  i32.and
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $slab/lowerSummary (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  i32.const 384
  i32.add
  local.get $1
  i32.const 5
  i32.shr_s
  i32.const 2
  i32.shl
  i32.add
  i32.const -2
  local.get $1
  i32.rotl
  i32.atomic.rmw.and
  drop
  i32.const 1
 )
 (func $slab/home (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  i32.const 8
  local.get $0
  i32.const 136
  i32.add
  i32.load
  local.tee $2
  local.get $2
  i32.const 8
  i32.ge_s
  select
  local.set $5
  local.get $0
  local.get $2
  local.get $5
  i32.sub
  local.tee $4
  i32.store offset=136
  local.get $5
  i32.const 0
  i32.gt_s
  if
   local.get $0
   i32.const 192
   i32.add
   local.get $4
   i32.const 2
   i32.shl
   i32.add
   i32.load
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 1
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=196
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 2
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=200
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 3
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=204
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 4
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=208
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 5
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=212
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 6
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=216
   local.tee $2
   i32.const 12
   i32.shr_s
   local.set $3
   i32.const 96
   i32.load
   local.get $2
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $3
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $2
   i32.const 4095
   i32.and
   local.tee $2
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $2
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $3
   i32.shl
   local.tee $2
   local.get $1
   i32.const 384
   i32.add
   local.get $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $3
    local.get $2
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $5
  i32.const 7
  i32.gt_s
  if
   local.get $4
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=220
   local.tee $0
   i32.const 12
   i32.shr_s
   local.set $2
   i32.const 96
   i32.load
   local.get $0
   i32.const 6
   i32.shl
   i32.add
   i32.const 0
   i32.store
   i32.const 88
   i32.load
   local.get $2
   i32.const 576
   i32.mul
   i32.add
   i32.const -64
   i32.sub
   local.get $0
   i32.const 4095
   i32.and
   local.tee $0
   i32.const 5
   i32.shr_u
   i32.const 2
   i32.shl
   i32.add
   i32.const 1
   local.get $0
   i32.shl
   i32.atomic.rmw.or
   drop
   i32.const 1
   local.get $2
   i32.shl
   local.tee $0
   local.get $1
   i32.const 384
   i32.add
   local.get $2
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $2
   i32.atomic.load
   i32.and
   i32.eqz
   if
    local.get $2
    local.get $0
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $1
  i32.const 128
  i32.add
  local.tee $1
  i32.atomic.load
  local.tee $0
  i32.const 1
  i32.and
  if
   local.get $0
   local.get $1
   local.get $0
   local.get $0
   i32.const 1
   i32.add
   i32.atomic.rmw.cmpxchg
   i32.eq
   if
    local.get $1
    i32.const -1
    memory.atomic.notify
    drop
   end
  end
  i32.const 1
 )
 (func $slab/finishRun (param $0 i32) (param $1 i32) (result i32)
  i32.const 96
  i32.load
  local.get $1
  i32.const 18
  i32.shl
  i32.add
  i32.const 0
  i32.store
  i32.const 88
  i32.load
  local.get $1
  i32.const 576
  i32.mul
  i32.add
  local.get $0
  i32.load
  i32.const 2
  i32.shl
  i32.const 4097
  i32.or
  i32.atomic.store
  i32.const 1
 )
 (func $slab/cutRun (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  local.get $1
  i32.load offset=12
  local.set $4
  local.get $2
  i32.const -64
  i32.sub
  i32.atomic.load
  local.set $5
  local.get $2
  i32.atomic.load offset=128
  local.get $5
  i32.sub
  local.get $4
  i32.lt_s
  if
   i32.const -2
   i32.const -1
   local.get $5
   local.get $2
   i32.atomic.load offset=68
   i32.eq
   select
   return
  end
  i32.const 192
  i32.atomic.load
  local.tee $6
  i32.const 16
  i32.shr_u
  local.get $3
  i32.sub
  local.tee $3
  local.get $6
  i32.const 65535
  i32.and
  i32.lt_s
  if
   i32.const 0
   return
  end
  local.get $5
  local.get $2
  i32.const -64
  i32.sub
  local.get $5
  local.get $4
  local.get $5
  i32.add
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const -1
   return
  end
  local.get $6
  i32.const 192
  local.get $6
  local.get $6
  i32.const 65535
  i32.and
  local.get $3
  i32.const 16
  i32.shl
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   local.get $2
   i32.const -64
   i32.sub
   i32.const 0
   local.get $4
   i32.sub
   i32.atomic.rmw.add
   drop
   i32.const -1
   return
  end
  i32.const 96
  i32.load
  local.get $3
  i32.const 12
  i32.shl
  local.tee $5
  i32.const 6
  i32.shl
  i32.add
  local.get $0
  i32.load offset=132
  i32.store
  local.get $0
  local.get $5
  i32.store offset=192
  local.get $0
  i32.const 4
  i32.store offset=144
  i32.const 88
  i32.load
  local.get $3
  i32.const 576
  i32.mul
  i32.add
  local.get $1
  i32.load
  i32.const 2
  i32.shl
  i32.const 4097
  i32.or
  i32.atomic.store
  local.get $2
  i32.const 68
  i32.add
  local.get $4
  i32.atomic.rmw.add
  drop
  local.get $0
  local.get $1
  i32.store offset=140
  local.get $0
  i32.const 1
  i32.store offset=136
  i32.const 1
 )
 (func $slab/cut (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (result i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  (local $10 i32)
  local.get $1
  i32.load offset=12
  local.set $5
  local.get $1
  i32.load
  local.set $6
  i32.const 88
  i32.load
  local.get $3
  i32.const 576
  i32.mul
  i32.add
  local.tee $7
  i32.atomic.load
  local.tee $8
  i32.const 3
  i32.and
  i32.const 1
  i32.eq
  if (result i32)
   local.get $6
   local.get $8
   i32.const 2
   i32.shr_s
   i32.const 1023
   i32.and
   i32.eq
  else
   i32.const 0
  end
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $1
  i32.load offset=16
  local.get $8
  i32.const 12
  i32.shr_s
  i32.const 8191
  i32.and
  i32.sub
  local.tee $9
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $4
  local.get $9
  local.get $4
  local.get $9
  i32.lt_s
  select
  local.set $9
  local.get $2
  i32.const -64
  i32.sub
  i32.atomic.load
  local.set $10
  local.get $2
  i32.atomic.load offset=128
  local.get $10
  i32.sub
  local.tee $4
  local.get $5
  i32.lt_s
  if
   i32.const -2
   i32.const -1
   local.get $10
   local.get $2
   i32.atomic.load offset=68
   i32.eq
   select
   return
  end
  local.get $9
  local.get $4
  local.get $5
  i32.div_s
  local.tee $4
  i32.le_s
  if
   local.get $9
   local.set $4
  end
  local.get $10
  local.get $2
  i32.const -64
  i32.sub
  local.get $10
  local.get $4
  local.get $5
  i32.mul
  local.tee $5
  local.get $10
  i32.add
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const -1
   return
  end
  local.get $8
  local.get $7
  local.get $8
  local.get $4
  local.get $8
  i32.const 12
  i32.shr_s
  i32.const 8191
  i32.and
  i32.add
  i32.const 12
  i32.shl
  local.get $6
  i32.const 2
  i32.shl
  i32.or
  i32.const 1
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   local.get $2
   i32.const -64
   i32.sub
   i32.const 0
   local.get $5
   i32.sub
   i32.atomic.rmw.add
   drop
   i32.const -1
   return
  end
  local.get $8
  i32.const 12
  i32.shr_s
  i32.const 8191
  i32.and
  local.get $3
  i32.const 12
  i32.shl
  i32.or
  local.set $3
  local.get $4
  i32.const 0
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $3
   i32.store offset=192
  end
  local.get $4
  i32.const 1
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 1
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=196
  end
  local.get $4
  i32.const 2
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 2
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=200
  end
  local.get $4
  i32.const 3
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 3
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=204
  end
  local.get $4
  i32.const 4
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 4
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=208
  end
  local.get $4
  i32.const 5
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 5
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=212
  end
  local.get $4
  i32.const 6
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 6
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=216
  end
  local.get $4
  i32.const 7
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 7
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=220
  end
  local.get $4
  i32.const 8
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 8
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=224
  end
  local.get $4
  i32.const 9
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 9
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=228
  end
  local.get $4
  i32.const 10
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 10
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=232
  end
  local.get $4
  i32.const 11
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 11
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=236
  end
  local.get $4
  i32.const 12
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 12
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=240
  end
  local.get $4
  i32.const 13
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 13
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=244
  end
  local.get $4
  i32.const 14
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 14
   i32.add
   local.tee $6
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $6
   i32.store offset=248
  end
  local.get $4
  i32.const 15
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 15
   i32.add
   local.tee $3
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $3
   i32.store offset=252
  end
  local.get $0
  i32.const 4
  i32.store offset=144
  local.get $2
  i32.const 68
  i32.add
  local.get $5
  i32.atomic.rmw.add
  drop
  local.get $0
  local.get $1
  i32.store offset=140
  local.get $0
  local.get $4
  i32.store offset=136
  local.get $4
 )
 (func $slab/activate (param $0 i32) (param $1 i32) (result i32)
  i32.const -1
  i32.const 1
  i32.const 88
  i32.load
  local.get $1
  i32.const 576
  i32.mul
  i32.add
  i32.const 0
  local.get $0
  i32.load
  i32.const 2
  i32.shl
  i32.const 1
  i32.or
  i32.atomic.rmw.cmpxchg
  select
 )
 (func $row/leaveRow (param $0 i32) (param $1 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  local.get $0
  local.get $1
  local.get $1
  i32.const 12
  i32.shr_s
  i32.const 1048575
  i32.and
  i32.const 12
  i32.shl
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $row/inheritRow (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (param $5 i32) (param $6 i32) (param $7 i32) (result i32)
  (local $8 i32)
  local.get $2
  i32.const 12
  i32.shl
  i32.const 1
  i32.or
  local.set $8
  i32.const -1
  local.set $2
  local.get $0
  i32.const 4
  i32.add
  i32.const 0
  local.get $5
  i32.const -1
  local.get $3
  i32.sub
  local.get $5
  select
  i32.atomic.rmw.cmpxchg
  i32.eqz
  if
   local.get $8
   local.get $0
   i32.atomic.load
   i32.eq
   if (result i32)
    local.get $0
    local.get $1
    i32.store offset=128
    local.get $0
    local.get $8
    i32.const 12
    i32.shr_s
    i32.const 1048575
    i32.and
    i32.const 1
    i32.add
    i32.const 1048575
    i32.and
    i32.const 12
    i32.shl
    local.tee $2
    local.get $1
    i32.const 2
    i32.shl
    i32.or
    i32.const 1
    i32.or
    i32.store offset=132
    local.get $0
    i32.const 0
    i32.store offset=136
    local.get $0
    i32.const 0
    i32.store offset=160
    local.get $0
    i32.const 0
    i32.store offset=164
    local.get $0
    i32.const 0
    i32.store offset=188
    local.get $0
    i32.const 2
    i32.store offset=168
    local.get $0
    i32.const 0
    i32.store offset=180
    local.get $0
    local.get $1
    i32.const 1
    i32.add
    i32.store offset=152
    local.get $0
    i32.const 176
    i32.add
    local.get $0
    i32.atomic.load offset=176
    i32.const 1
    i32.add
    i32.const -2
    i32.and
    i32.atomic.store
    local.get $0
    local.get $3
    i32.atomic.store offset=68
    local.get $0
    local.get $4
    i32.atomic.store offset=72
    local.get $0
    local.get $5
    i32.atomic.store offset=76
    local.get $0
    local.get $6
    i32.atomic.store offset=80
    local.get $0
    local.get $7
    i32.atomic.store offset=84
    i32.const 1
    i32.const -1
    local.get $8
    local.get $0
    local.get $8
    local.get $2
    i32.const 1
    i32.or
    i32.atomic.rmw.cmpxchg
    i32.eq
    select
   else
    i32.const -1
   end
   local.set $2
   local.get $0
   i32.const 0
   i32.atomic.store offset=4
  end
  local.get $2
 )
 (func $row/endRecovery (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  local.get $1
  i32.atomic.load
  local.tee $2
  local.get $2
  i32.const 12
  i32.shr_s
  i32.const 1048575
  i32.and
  i32.const 12
  i32.shl
  local.get $0
  i32.load offset=128
  i32.const 2
  i32.shl
  i32.or
  i32.const 2
  i32.or
  i32.ne
  if
   i32.const -1
   return
  end
  i32.const 1
  i32.const -1
  local.get $2
  local.get $1
  local.get $2
  local.get $2
  i32.const 12
  i32.shr_s
  i32.const 1048575
  i32.and
  i32.const 12
  i32.shl
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $row/dropClaim (param $0 i32) (param $1 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  local.get $0
  i32.const 4
  i32.add
  local.get $1
  i32.const 0
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $row/claimRow (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (param $5 i32) (param $6 i32) (result i32)
  (local $7 i32)
  (local $8 i32)
  local.get $0
  i32.atomic.load
  local.tee $7
  i32.const 3
  i32.and
  if
   i32.const -1
   return
  end
  local.get $0
  i32.const 4
  i32.add
  i32.const 0
  local.get $4
  i32.const -1
  local.get $2
  i32.sub
  local.get $4
  select
  i32.atomic.rmw.cmpxchg
  if
   i32.const -1
   local.set $1
  else
   local.get $7
   local.get $0
   i32.atomic.load
   i32.eq
   if (result i32)
    local.get $0
    local.get $1
    i32.store offset=128
    local.get $0
    local.get $7
    i32.const 12
    i32.shr_s
    i32.const 1048575
    i32.and
    i32.const 1
    i32.add
    i32.const 1048575
    i32.and
    i32.const 12
    i32.shl
    local.tee $8
    local.get $1
    i32.const 2
    i32.shl
    i32.or
    i32.const 1
    i32.or
    i32.store offset=132
    local.get $0
    i32.const 0
    i32.store offset=136
    local.get $0
    i32.const 0
    i32.store offset=160
    local.get $0
    i32.const 0
    i32.store offset=164
    local.get $0
    i32.const 0
    i32.store offset=188
    local.get $0
    i32.const 0
    i32.store offset=168
    local.get $0
    i32.const 0
    i32.store offset=180
    local.get $0
    local.get $1
    i32.const 1
    i32.add
    i32.store offset=152
    local.get $0
    i32.const 176
    i32.add
    local.get $0
    i32.atomic.load offset=176
    i32.const 1
    i32.add
    i32.const -2
    i32.and
    i32.atomic.store
    local.get $0
    local.get $2
    i32.atomic.store offset=68
    local.get $0
    local.get $3
    i32.atomic.store offset=72
    local.get $0
    local.get $4
    i32.atomic.store offset=76
    local.get $0
    local.get $5
    i32.atomic.store offset=80
    local.get $0
    local.get $6
    i32.atomic.store offset=84
    i32.const 1
    i32.const -1
    local.get $7
    local.get $0
    local.get $7
    local.get $8
    i32.const 1
    i32.or
    i32.atomic.rmw.cmpxchg
    i32.eq
    select
   else
    i32.const -1
   end
   local.set $1
   local.get $0
   i32.const 0
   i32.atomic.store offset=4
  end
  local.get $1
 )
 (func $row/claimRecovery (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  local.get $0
  local.get $0
  i32.load offset=168
  i32.const 1
  i32.or
  i32.store offset=168
  i32.const 1
  i32.const -1
  local.get $2
  local.get $1
  local.get $2
  local.get $2
  i32.const 12
  i32.shr_s
  i32.const 1048575
  i32.and
  i32.const 12
  i32.shl
  local.get $0
  i32.load offset=128
  i32.const 2
  i32.shl
  i32.or
  i32.const 2
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $purge/expelReleaser (param $0 i32) (param $1 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  local.get $0
  i32.const 72
  i32.add
  local.get $1
  i32.const 0
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $purge/endRelease (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  i32.const 88
  i32.load
  local.get $0
  i32.const 576
  i32.mul
  i32.add
  local.tee $0
  i32.load offset=8
  local.get $1
  i32.load offset=12
  i32.mul
  local.set $1
  local.get $0
  i32.const 0
  i32.atomic.store
  local.get $2
  i32.const 68
  i32.add
  i32.const 0
  local.get $1
  i32.sub
  local.tee $0
  i32.atomic.rmw.add
  drop
  local.get $2
  i32.const -64
  i32.sub
  local.get $0
  i32.atomic.rmw.add
  drop
  i32.const 1
 )
 (func $purge/dropReleaser (param $0 i32) (param $1 i32) (result i32)
  local.get $1
  i32.const 72
  i32.add
  local.get $0
  i32.load offset=132
  i32.const 0
  i32.atomic.rmw.cmpxchg
  drop
  local.get $0
  i32.const 0
  i32.store offset=160
  i32.const 1
 )
 (func $purge/disown (param $0 i32) (param $1 i32) (result i32)
  i32.const 96
  i32.load
  local.get $0
  i32.const 12
  i32.shl
  local.get $1
  i32.or
  local.tee $0
  i32.const 6
  i32.shl
  i32.add
  i32.const 0
  i32.store offset=16
  i32.const 96
  i32.load
  local.get $0
  i32.const 6
  i32.shl
  i32.add
  i32.const 0
  i32.store
  i32.const 1
 )
 (func $purge/deactivate (param $0 i32) (param $1 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  i32.const 88
  i32.load
  local.get $0
  i32.const 576
  i32.mul
  i32.add
  local.get $1
  i32.const 0
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $purge/claimReleaser (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  local.get $1
  i32.store offset=160
  local.get $1
  i32.const 72
  i32.add
  i32.const 0
  local.get $0
  i32.load offset=132
  i32.atomic.rmw.cmpxchg
  i32.eqz
  if
   i32.const 1
   return
  end
  local.get $0
  i32.const 0
  i32.store offset=160
  i32.const -1
 )
 (func $purge/beginRelease (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  i32.const 88
  i32.load
  local.get $1
  i32.const 576
  i32.mul
  i32.add
  local.tee $1
  local.get $2
  i32.const 2
  i32.shr_s
  i32.const 1023
  i32.and
  i32.store offset=4
  local.get $1
  local.get $2
  i32.const 12
  i32.shr_s
  i32.const 8191
  i32.and
  i32.store offset=8
  i32.const 1
  i32.const -1
  local.get $2
  local.get $1
  local.get $2
  local.get $0
  i32.load offset=132
  local.tee $0
  i32.const 12
  i32.shr_s
  i32.const 1048575
  i32.and
  i32.const 12
  i32.shl
  local.get $0
  i32.const 2
  i32.shr_s
  i32.const 1023
  i32.and
  i32.const 2
  i32.shl
  i32.or
  i32.const 2
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $place/place (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  local.get $0
  local.get $1
  i32.store offset=88
  local.get $0
  local.get $2
  i32.store offset=92
  local.get $0
  local.get $3
  i32.store offset=96
  i32.const 136
  i32.const 1
  i32.atomic.rmw.add
  drop
  i32.const 1
 )
 (func $line/seize (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  local.get $3
  i32.const 96
  i32.load
  local.get $2
  i32.const 6
  i32.shl
  i32.add
  local.get $3
  local.get $0
  i32.load offset=132
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const -3
   return
  end
  local.get $0
  i32.const 192
  i32.add
  local.get $0
  i32.const 136
  i32.add
  i32.load
  local.tee $3
  i32.const 2
  i32.shl
  i32.add
  local.get $2
  i32.store
  local.get $0
  local.get $1
  i32.store offset=140
  local.get $0
  local.get $3
  i32.const 1
  i32.add
  i32.store offset=136
  i32.const 1
 )
 (func $line/detach (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  i32.const 96
  i32.load
  local.get $1
  i32.const 6
  i32.shl
  i32.add
  local.tee $1
  i32.atomic.load
  local.get $0
  i32.load offset=132
  i32.ne
  if
   i32.const -3
   return
  end
  local.get $1
  i32.load offset=4
  i32.const 1
  i32.add
  local.tee $0
  i32.const 536870911
  i32.gt_s
  if
   i32.const -2
   return
  end
  local.get $1
  local.get $0
  i32.store offset=4
  local.get $1
  local.get $2
  i32.store offset=8
  local.get $1
  local.get $3
  i32.store offset=12
  local.get $1
  local.get $0
  i32.const 2
  i32.shl
  i32.const 3
  i32.or
  i32.atomic.store
  local.get $0
 )
 (func $line/adopt (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  local.get $2
  i32.const 2
  i32.shl
  i32.const 3
  i32.or
  local.tee $2
  i32.const 96
  i32.load
  local.get $1
  i32.const 6
  i32.shl
  i32.add
  local.tee $1
  local.get $2
  local.get $0
  i32.load offset=132
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const -3
   return
  end
  local.get $1
  i32.load offset=8
 )
 (func $keeper/keep (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  local.get $1
  i32.atomic.load offset=8
  local.tee $2
  if (result i32)
   i32.const 72
   i32.load
   local.get $2
   i32.const 2
   i32.shr_s
   i32.const 1023
   i32.and
   i32.const 8
   i32.shl
   i32.add
   i32.atomic.load
   local.get $2
   i32.const 12
   i32.shr_s
   i32.const 1048575
   i32.and
   i32.const 12
   i32.shl
   i32.const 1
   i32.or
   i32.eq
  else
   i32.const 0
  end
  if
   i32.const 0
   return
  end
  local.get $1
  local.get $0
  i32.load offset=132
  i32.atomic.store offset=8
  i32.const 1
 )
 (func $keeper/findKeeper (param $0 i32) (result i32)
  local.get $0
  i32.atomic.load offset=8
  local.tee $0
  if (result i32)
   i32.const 72
   i32.load
   local.get $0
   i32.const 2
   i32.shr_s
   i32.const 1023
   i32.and
   i32.const 8
   i32.shl
   i32.add
   i32.atomic.load
   local.get $0
   i32.const 12
   i32.shr_s
   i32.const 1048575
   i32.and
   i32.const 12
   i32.shl
   i32.const 1
   i32.or
   i32.eq
  else
   i32.const 0
  end
 )
 (func $keeper/dropKeeper (param $0 i32) (param $1 i32) (result i32)
  local.get $1
  local.get $0
  i32.const 8
  i32.add
  local.get $1
  i32.const 0
  i32.atomic.rmw.cmpxchg
  i32.eq
 )
 (func $gate/moveGate (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  local.get $0
  i32.const -64
  i32.sub
  local.get $1
  local.get $2
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $gate/endClose (result i32)
  i32.const 128
  i32.const 2
  i32.atomic.store
  i32.const 1
 )
 (func $gate/beginClose (result i32)
  i32.const 128
  i32.const 0
  i32.const 1
  i32.atomic.rmw.cmpxchg
  drop
  i32.const 1
 )
 (func $epoch/endEpoch (param $0 i32) (result i32)
  local.get $0
  i32.const 68
  i32.add
  i32.const 1
  i32.atomic.rmw.add
  i32.const 1
  i32.add
 )
 (func $epoch/claimTrim (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  local.get $1
  local.get $0
  i32.atomic.load offset=4
  local.tee $2
  i32.sub
  i32.const 0
  i32.le_s
  if
   i32.const 0
   return
  end
  i32.const 1
  i32.const -1
  local.get $2
  local.get $0
  i32.const 4
  i32.add
  local.get $2
  local.get $1
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $epoch/claimLook (param $0 i32) (result i32)
  (local $1 i32)
  (local $2 i32)
  local.get $0
  i32.const 132
  i32.atomic.load
  local.tee $1
  i32.sub
  local.tee $2
  i32.const -8
  i32.lt_s
  local.get $2
  i32.const 0
  i32.gt_s
  i32.or
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $1
  i32.const 132
  local.get $1
  local.get $0
  i32.atomic.rmw.cmpxchg
  i32.eq
 )
 (func $epoch/advanceEpoch (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  local.get $1
  local.get $0
  i32.atomic.load offset=72
  local.tee $2
  i32.sub
  local.tee $3
  i32.const -8
  i32.lt_s
  local.get $3
  i32.const 0
  i32.gt_s
  i32.or
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $2
  local.get $0
  i32.const 72
  i32.add
  local.get $2
  local.get $1
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const 0
   return
  end
  local.get $0
  i32.const 68
  i32.add
  i32.const 1
  i32.atomic.rmw.add
  i32.const 1
  i32.add
 )
 (func $entry/settleEntry (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  local.get $1
  i32.atomic.store
  local.get $0
  i32.const -1
  memory.atomic.notify
  drop
  i32.const 1
 )
 (func $entry/limitPool (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  local.get $1
  i32.atomic.store offset=128
  i32.const 1
 )
 (func $entry/claimEntry (param $0 i32) (param $1 i32) (result i32)
  i32.const -1
  i32.const 1
  local.get $1
  i32.const 0
  local.get $0
  i32.load offset=132
  i32.atomic.rmw.cmpxchg
  select
 )
 (func $deque/vacate (param $0 i32) (param $1 i32) (result i32)
  local.get $0
  local.get $1
  i32.const 28
  i32.load
  i32.const 1
  i32.sub
  i32.and
  i32.const 2
  i32.shl
  i32.add
  i32.const 0
  i32.atomic.store
  i32.const 1
 )
 (func $deque/trim (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (param $5 i32) (result i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  local.get $5
  local.get $3
  i32.atomic.load
  local.tee $5
  i32.const 65535
  i32.and
  local.tee $6
  i32.sub
  i32.const 65535
  i32.and
  local.tee $7
  if (result i32)
   local.get $7
   local.get $5
   i32.const 16
   i32.shr_u
   local.get $6
   i32.sub
   i32.const 65535
   i32.and
   i32.gt_s
  else
   i32.const 1
  end
  if
   i32.const 0
   return
  end
  local.get $5
  local.get $3
  local.get $5
  i32.const 8
  local.get $7
  local.get $7
  i32.const 8
  i32.ge_u
  select
  local.tee $6
  local.get $5
  i32.const 65535
  i32.and
  local.tee $7
  i32.add
  i32.const 65535
  i32.and
  local.get $5
  i32.const -65536
  i32.and
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.ne
  if (result i32)
   i32.const -1
  else
   local.get $6
   i32.const 0
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=192
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 1
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 1
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=196
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 2
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 2
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=200
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 3
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 3
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=204
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 4
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 4
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=208
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 5
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 5
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=212
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 6
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 6
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $8
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=216
    local.get $8
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   i32.const 7
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $7
    i32.const 7
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $4
    i32.load
    local.tee $7
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $7
    i32.store offset=220
    local.get $4
    i32.const 0
    i32.atomic.store
   end
   local.get $6
   local.get $5
   i32.const 16
   i32.shr_u
   local.get $5
   i32.const 65535
   i32.and
   i32.sub
   i32.const 65535
   i32.and
   i32.eq
   if
    local.get $1
    i32.const 256
    i32.add
    local.get $2
    i32.const 5
    i32.shr_s
    i32.const 2
    i32.shl
    i32.add
    local.tee $4
    i32.const -2
    local.get $2
    i32.rotl
    i32.atomic.rmw.and
    drop
    local.get $3
    i32.atomic.load
    local.tee $3
    i32.const 16
    i32.shr_u
    local.get $3
    i32.const 65535
    i32.and
    i32.sub
    i32.const 65535
    i32.and
    if
     local.get $4
     i32.const 1
     local.get $2
     i32.shl
     i32.atomic.rmw.or
     drop
    end
   end
   local.get $0
   i32.const 2
   i32.store offset=144
   local.get $0
   local.get $2
   i32.store offset=148
   local.get $0
   local.get $1
   i32.store offset=140
   local.get $0
   local.get $6
   i32.store offset=136
   local.get $6
  end
 )
 (func $deque/steal (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (param $5 i32) (result i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  local.get $3
  i32.atomic.load
  local.tee $6
  i32.const 16
  i32.shr_u
  local.get $6
  i32.const 65535
  i32.and
  i32.sub
  i32.const 65535
  i32.and
  local.tee $7
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $6
  local.get $3
  local.get $6
  local.get $6
  i32.const 65535
  i32.and
  local.tee $8
  local.get $7
  i32.const 1
  i32.add
  i32.const 1
  i32.shr_u
  local.tee $7
  local.get $5
  local.get $5
  local.get $7
  i32.gt_s
  select
  local.tee $5
  i32.add
  i32.const 65535
  i32.and
  local.get $6
  i32.const -65536
  i32.and
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.ne
  if (result i32)
   i32.const -1
  else
   local.get $5
   i32.const 0
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=192
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 1
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 1
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=196
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 2
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 2
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=200
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 3
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 3
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=204
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 4
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 4
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=208
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 5
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 5
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=212
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 6
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 6
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $7
    i32.load
    local.tee $9
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $9
    i32.store offset=216
    local.get $7
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   i32.const 7
   i32.gt_s
   if
    i32.const 96
    i32.load
    local.get $4
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $8
    i32.const 7
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    local.tee $4
    i32.load
    local.tee $7
    i32.const 6
    i32.shl
    i32.add
    local.get $0
    i32.load offset=132
    i32.store
    local.get $0
    local.get $7
    i32.store offset=220
    local.get $4
    i32.const 0
    i32.atomic.store
   end
   local.get $5
   local.get $6
   i32.const 16
   i32.shr_u
   local.get $6
   i32.const 65535
   i32.and
   i32.sub
   i32.const 65535
   i32.and
   i32.eq
   if
    local.get $1
    i32.const 256
    i32.add
    local.get $2
    i32.const 5
    i32.shr_s
    i32.const 2
    i32.shl
    i32.add
    local.tee $4
    i32.const -2
    local.get $2
    i32.rotl
    i32.atomic.rmw.and
    drop
    local.get $3
    i32.atomic.load
    local.tee $3
    i32.const 16
    i32.shr_u
    local.get $3
    i32.const 65535
    i32.and
    i32.sub
    i32.const 65535
    i32.and
    if
     local.get $4
     i32.const 1
     local.get $2
     i32.shl
     i32.atomic.rmw.or
     drop
    end
   end
   local.get $0
   i32.const 2
   i32.store offset=144
   local.get $0
   local.get $2
   i32.store offset=148
   local.get $0
   local.get $1
   i32.store offset=140
   local.get $0
   local.get $5
   i32.store offset=136
   local.get $5
  end
 )
 (func $deque/push (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  i32.const 8
  local.get $0
  i32.load offset=136
  local.tee $7
  local.get $7
  i32.const 8
  i32.ge_s
  select
  local.set $5
  local.get $2
  i32.atomic.load
  local.set $4
  i32.const 28
  i32.load
  local.get $5
  local.get $4
  i32.const 16
  i32.shr_u
  local.get $4
  i32.const 65535
  i32.and
  i32.sub
  i32.const 65535
  i32.and
  i32.add
  i32.lt_s
  if
   i32.const -2
   return
  end
  local.get $4
  i32.const 16
  i32.shr_u
  local.set $6
  local.get $5
  i32.const 0
  i32.le_s
  if (result i32)
   i32.const 0
  else
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.and
   i32.const 2
   i32.shl
   i32.add
   i32.atomic.load
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 1
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 1
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 2
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 2
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 3
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 3
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 4
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 4
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 5
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 5
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 6
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 6
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if (result i32)
   i32.const 1
  else
   local.get $5
   i32.const 7
   i32.le_s
   if (result i32)
    i32.const 0
   else
    local.get $3
    i32.const 28
    i32.load
    i32.const 1
    i32.sub
    local.get $6
    i32.const 7
    i32.add
    i32.and
    i32.const 2
    i32.shl
    i32.add
    i32.atomic.load
   end
  end
  if
   i32.const -2
   return
  end
  local.get $0
  i32.load offset=128
  local.tee $4
  i32.const 2
  i32.shl
  i32.const 2
  i32.or
  local.set $8
  local.get $0
  local.get $7
  local.get $5
  i32.sub
  local.tee $7
  i32.store offset=136
  local.get $5
  i32.const 0
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $0
   i32.const 192
   i32.add
   local.get $7
   i32.const 2
   i32.shl
   i32.add
   i32.load
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 1
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=196
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 1
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 2
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=200
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 2
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 3
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=204
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 3
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 4
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=208
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 4
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 5
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=212
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 5
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 6
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=216
   local.tee $9
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 6
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $9
   i32.store
  end
  local.get $5
  i32.const 7
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $7
   i32.const 2
   i32.shl
   local.get $0
   i32.add
   i32.load offset=220
   local.tee $0
   i32.const 6
   i32.shl
   i32.add
   local.get $8
   i32.store
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $6
   i32.const 7
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.get $0
   i32.store
  end
  local.get $2
  local.get $5
  i32.const 16
  i32.shl
  i32.atomic.rmw.add
  local.tee $0
  i32.const 16
  i32.shr_u
  local.get $0
  i32.const 65535
  i32.and
  i32.sub
  i32.const 65535
  i32.and
  local.set $0
  local.get $1
  i32.load offset=68
  i32.const 65535
  i32.and
  local.tee $3
  local.get $2
  i32.const 68
  i32.add
  i32.load
  local.tee $5
  i32.const 16
  i32.shr_u
  i32.ne
  if
   local.get $2
   local.get $5
   i32.store offset=72
   local.get $2
   local.get $3
   i32.const 16
   i32.shl
   local.get $0
   i32.or
   i32.store offset=68
  else
   local.get $0
   local.get $5
   i32.const 65535
   i32.and
   i32.lt_s
   if
    local.get $2
    local.get $3
    i32.const 16
    i32.shl
    local.get $0
    i32.or
    i32.store offset=68
   end
  end
  i32.const 1
  local.get $4
  i32.shl
  local.tee $0
  local.get $1
  i32.const 256
  i32.add
  local.get $4
  i32.const 5
  i32.shr_s
  i32.const 2
  i32.shl
  i32.add
  local.tee $2
  i32.atomic.load
  i32.and
  i32.eqz
  if
   local.get $2
   local.get $0
   i32.atomic.rmw.or
   drop
  end
  local.get $1
  i32.const 128
  i32.add
  local.tee $0
  i32.atomic.load
  local.tee $1
  i32.const 1
  i32.and
  if
   local.get $1
   local.get $0
   local.get $1
   local.get $1
   i32.const 1
   i32.add
   i32.atomic.rmw.cmpxchg
   i32.eq
   if
    local.get $0
    i32.const -1
    memory.atomic.notify
    drop
   end
  end
  i32.const 1
 )
 (func $deque/pop (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (param $4 i32) (result i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  local.get $2
  i32.atomic.load
  local.tee $5
  i32.const 16
  i32.shr_u
  local.get $5
  i32.const 65535
  i32.and
  i32.sub
  i32.const 65535
  i32.and
  local.tee $6
  i32.eqz
  if
   i32.const 0
   return
  end
  local.get $5
  local.get $2
  local.get $5
  local.get $5
  local.get $6
  local.get $4
  local.get $4
  local.get $6
  i32.gt_s
  select
  local.tee $4
  i32.const 16
  i32.shl
  i32.sub
  i32.atomic.rmw.cmpxchg
  i32.ne
  if
   i32.const -1
   return
  end
  local.get $5
  i32.const 16
  i32.shr_u
  local.get $4
  i32.sub
  local.set $5
  local.get $4
  i32.const 0
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=192
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 1
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 1
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=196
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 2
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 2
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=200
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 3
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 3
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=204
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 4
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 4
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=208
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 5
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 5
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=212
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 6
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 6
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $7
   i32.load
   local.tee $8
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $8
   i32.store offset=216
   local.get $7
   i32.const 0
   i32.store
  end
  local.get $4
  i32.const 7
  i32.gt_s
  if
   i32.const 96
   i32.load
   local.get $3
   i32.const 28
   i32.load
   i32.const 1
   i32.sub
   local.get $5
   i32.const 7
   i32.add
   i32.and
   i32.const 2
   i32.shl
   i32.add
   local.tee $3
   i32.load
   local.tee $5
   i32.const 6
   i32.shl
   i32.add
   local.get $0
   i32.load offset=132
   i32.store
   local.get $0
   local.get $5
   i32.store offset=220
   local.get $3
   i32.const 0
   i32.store
  end
  local.get $4
  local.get $6
  i32.eq
  if
   local.get $1
   i32.const 256
   i32.add
   local.get $0
   i32.load offset=128
   local.tee $3
   i32.const 5
   i32.shr_s
   i32.const 2
   i32.shl
   i32.add
   local.tee $5
   i32.const -2
   local.get $3
   i32.rotl
   i32.atomic.rmw.and
   drop
   local.get $2
   i32.atomic.load
   local.tee $2
   i32.const 16
   i32.shr_u
   local.get $2
   i32.const 65535
   i32.and
   i32.sub
   i32.const 65535
   i32.and
   if
    local.get $5
    i32.const 1
    local.get $3
    i32.shl
    i32.atomic.rmw.or
    drop
   end
  end
  local.get $0
  i32.const 1
  i32.store offset=144
  local.get $0
  local.get $1
  i32.store offset=140
  local.get $0
  local.get $4
  i32.store offset=136
  local.get $4
 )
 (func $calibration/calibrate (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  i32.const 1
  i32.const -1
  local.get $1
  local.get $0
  i32.const 4
  i32.add
  local.get $1
  local.get $1
  i32.const 10
  i32.shr_u
  i32.const 1
  i32.add
  i32.const 10
  i32.shl
  local.get $2
  i32.const 5
  i32.shl
  i32.or
  local.get $3
  i32.or
  i32.atomic.rmw.cmpxchg
  i32.eq
  select
 )
 (func $accounts/correctAccounts (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  local.get $0
  i32.const 68
  i32.add
  local.get $1
  i32.atomic.rmw.add
  drop
  local.get $0
  i32.const -64
  i32.sub
  local.get $2
  i32.atomic.rmw.add
  drop
  i32.const 1
 )
)
