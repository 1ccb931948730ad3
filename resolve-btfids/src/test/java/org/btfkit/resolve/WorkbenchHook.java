package org.btfkit.resolve;

import java.lang.reflect.Field;
import net.jqwik.api.lifecycle.AfterContainerHook;
import net.jqwik.api.lifecycle.BeforeContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;

/** Opens the {@link Workbench} of a class before its properties and closes it after them. */
@SuppressWarnings("overloads") // both hooks compare themselves to hooks of their kind
final class WorkbenchHook implements BeforeContainerHook, AfterContainerHook {
    @Override
    public void beforeContainer(ContainerLifecycleContext context) throws ReflectiveOperationException {
        field(context).set(null, new Workbench());
    }

    @Override
    public void afterContainer(ContainerLifecycleContext context) throws ReflectiveOperationException {
        ((Workbench) field(context).get(null)).close();
    }

    private static Field field(ContainerLifecycleContext context) throws NoSuchFieldException {
        Field field = context.optionalContainerClass().orElseThrow().getDeclaredField("bench");
        field.setAccessible(true);
        return field;
    }
}
