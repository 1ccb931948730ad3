// Programs that ask for what a kernel may not have, in all ways that people do it. None of nowhere, gone, nobody and
// nothing is in any kernel.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define PRE __attribute__((preserve_access_index))
#define NOINLINE __attribute__((noinline))
#define EXISTS(field) __builtin_preserve_field_info(field, 2)
#define SIZE(field) __builtin_preserve_field_info(field, 1)
#define OFFSET(field) __builtin_preserve_field_info(field, 0)
#define READ(into, field) probe_read(&into, sizeof(into), &(field))

struct task_struct {
	int pid, tgid;
	u64 nowhere, gone;
	u8 nobody : 3;
} PRE;
struct nothing_of_the_kind {
	int a;
} PRE;
enum pid_type { PIDTYPE_PID, PIDTYPE_NOWHERE = 77 };

static long (*const probe_read)(void *, u32, const void *) = (void *)113;
static void *(*const current_task)(void) = (void *)35;
static u64 (*const ktime)(void) = (void *)5;
static long (*const loop)(u32, void *, void *, u64) = (void *)181;

u64 out[16];
const volatile int wanted = 0;
const volatile int unwanted = 1;
extern int LINUX_KERNEL_VERSION __attribute__((section(".kconfig"), weak));
extern void no_such_kfunc(void) __attribute__((section(".ksyms"), weak));
char _license[] SEC("license") = "GPL";

SEC("kprobe/a") int plain(void *ctx)
{
	struct task_struct *t = current_task();
	int v = 0;
	READ(v, t->tgid);
	return v;
}
SEC("kprobe/a") int unguarded(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int guarded(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (EXISTS(t->nowhere))
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int wrong_way(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (!EXISTS(t->nowhere))
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int either(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (EXISTS(t->nowhere) || EXISTS(t->tgid))
		READ(v, t->gone);
	return v;
}
SEC("kprobe/a") int both(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (ktime() & 1 && EXISTS(t->nowhere) && EXISTS(t->tgid))
		READ(v, t->gone);
	return v;
}
SEC("kprobe/a") int by_size(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (EXISTS(t->nowhere))
		switch (SIZE(t->nowhere)) {
		case 4:
			probe_read(&v, 4, &t->nowhere);
			break;
		case 8:
			probe_read(&v, 8, &t->gone);
			break;
		}
	return v;
}
static NOINLINE int has_nowhere(void)
{
	struct task_struct *t = 0;
	return EXISTS(t->nowhere);
}
SEC("kprobe/a") int by_function(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (has_nowhere())
		READ(v, t->nowhere);
	return v;
}
static NOINLINE u64 read_if(struct task_struct *t, int has)
{
	u64 v = 0;
	if (has)
		READ(v, t->nowhere);
	return v + has;
}
SEC("kprobe/a") int by_argument(void *ctx)
{
	struct task_struct *t = current_task();
	return read_if(t, EXISTS(t->nowhere));
}
SEC("kprobe/a") int by_wrong_argument(void *ctx)
{
	struct task_struct *t = current_task();
	return read_if(t, EXISTS(t->tgid));
}
NOINLINE int read_globally(int has)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (has)
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int by_global_argument(void *ctx)
{
	struct task_struct *t = current_task();
	return read_globally(EXISTS(t->nowhere));
}
SEC("kprobe/a") int spilled(void *ctx)
{
	struct task_struct *t = current_task();
	int has = EXISTS(t->nowhere);
	u64 a = ktime(), b = ktime(), c = ktime(), d = ktime(), e = ktime(), f = ktime(), g = ktime(), v = 0;
	u64 h = ktime(), i = ktime();
	if (has)
		READ(v, t->nowhere);
	out[0] = a ^ b * c, out[1] = c ^ d * e, out[2] = e ^ f * g, out[3] = h ^ i * a, out[4] = g, out[5] = v;
	return a + b + c + d + e + f + g + h + i;
}
static long each(u32 index, void *context)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int by_callback(void *ctx)
{
	loop(4, each, 0, 0);
	return 0;
}
SEC("kprobe/a") int guarded_callback(void *ctx)
{
	struct task_struct *t = 0;
	if (EXISTS(t->nowhere))
		loop(4, each, 0, 0);
	return 0;
}
SEC("kprobe/a") int in_a_loop(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0, sum = 0;
	for (int i = 0; i < 100; i++) {
		if (EXISTS(t->nowhere))
			READ(v, t->nowhere);
		sum += v ^ ktime();
	}
	return sum;
}
SEC("kprobe/a") int by_type(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (__builtin_preserve_type_info(*(struct nothing_of_the_kind *)0, 0))
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int by_enumerator(void *ctx)
{
	if (__builtin_preserve_enum_value(*(typeof(enum pid_type) *)PIDTYPE_NOWHERE, 0))
		return __builtin_preserve_enum_value(*(typeof(enum pid_type) *)PIDTYPE_NOWHERE, 1);
	return 0;
}
SEC("kprobe/a") int enumerator(void *ctx)
{
	return __builtin_preserve_enum_value(*(typeof(enum pid_type) *)PIDTYPE_NOWHERE, 1);
}
SEC("kprobe/a") int bit_field(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (EXISTS(t->nobody))
		probe_read(&v, SIZE(t->nobody), (void *)t + OFFSET(t->nobody));
	return v << 3;
}
SEC("kprobe/a") int if_wanted(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (wanted)
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int if_unwanted(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (unwanted)
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int on_old_kernels(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (LINUX_KERNEL_VERSION < 0x40900)
		READ(v, t->nowhere);
	return v;
}
SEC("kprobe/a") int on_new_kernels(void *ctx)
{
	struct task_struct *t = current_task();
	u64 v = 0;
	if (LINUX_KERNEL_VERSION >= 0x40900)
		READ(v, t->nowhere);
	return v;
}
SEC("tp_btf/task_newtask") int by_kfunc(void *ctx)
{
	if (no_such_kfunc)
		no_such_kfunc();
	return 0;
}
SEC("tp_btf/task_newtask") int kfunc(void *ctx)
{
	no_such_kfunc();
	return 0;
}
SEC("tp_btf/task_newtask") int arguments(u64 *ctx)
{
	return ctx[0] != ctx[1];
}
SEC("tp_btf/task_newtask") int argument_too_many(u64 *ctx)
{
	return ctx[2] != 0;
}
SEC("tp_btf/task_newtask") int guarded_argument(u64 *ctx)
{
	struct task_struct *t = 0;
	return EXISTS(t->nowhere) ? ctx[7] != 0 : ctx[0] != 0;
}
SEC("fexit/bpf_lsm_file_open") int result(u64 *ctx)
{
	return ctx[1] != 0;
}
SEC("fentry/bpf_lsm_file_open") int result_too_early(u64 *ctx)
{
	return ctx[1] != 0;
}
SEC("tp_btf/no_such_tracepoint") int no_tracepoint(u64 *ctx)
{
	return 0;
}
SEC("fentry/no_such_function") int no_function(u64 *ctx)
{
	return 0;
}
SEC("lsm/no_such_hook") int no_hook(u64 *ctx)
{
	return 0;
}
SEC("iter/no_such_iterator") int no_iterator(u64 *ctx)
{
	return 0;
}
